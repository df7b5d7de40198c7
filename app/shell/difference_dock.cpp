#include "app/shell/difference_dock.h"

#include <QVBoxLayout>

namespace moe::app {

DifferenceDock::DifferenceDock(QWidget* parent)
    : TitledDock(QStringLiteral("difference_dock"), tr("Difference"), parent),
      view_(new CompareView),
      note_(new StepNote) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    note_->setContentsMargins(0, 12, 0, 0);
    layout->addWidget(note_, 0, Qt::AlignTop);
    layout->addWidget(view_, 1);
    set_body(body);
    set_absent({});
}

void DifferenceDock::set_pair(const ComparePair& pair) {
    note_->hide();
    view_->show();
    view_->set_pair(pair);
}

void DifferenceDock::set_absent(const StepNote::Model& why) {
    note_->set_model(why);
    note_->show();
    view_->hide();
}

void DifferenceDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    note_->set_theme(theme);
}

}  // namespace moe::app
