#include "app/docks/step_note.h"

#include <QVBoxLayout>

#include "app/docks/figure.h"

namespace moe::app {

StepNote::StepNote(QWidget* parent) : QWidget(parent), text_(new QLabel), button_(new QPushButton) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 2, 12, 2);
    layout->setSpacing(8);
    text_->setWordWrap(true);
    text_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    layout->addWidget(text_);
    layout->addWidget(button_, 0, Qt::AlignLeft);
    button_->hide();
    connect(button_, &QPushButton::clicked, this, &StepNote::step_requested);
}

void StepNote::set_model(const Model& model) {
    model_ = model;
    text_->setText(model.text);
    button_->setText(model.step);
    button_->setToolTip(model.hint);
    button_->setEnabled(model.is_possible);
    button_->setVisible(!model.step.isEmpty());
    text_->setFont(model.step.isEmpty() ? theme_.caption : theme_.body);
}

void StepNote::set_theme(const DockTheme& theme) {
    theme_ = theme;
    text_->setFont(model_.step.isEmpty() ? theme.caption : theme.body);
    set_text_color(text_, theme.text_3);
}

}  // namespace moe::app
