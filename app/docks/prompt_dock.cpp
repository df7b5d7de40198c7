#include "app/docks/prompt_dock.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include "app/docks/token_display.h"

namespace moe::app {

PromptDock::PromptDock(std::vector<PromptSample> samples, QWidget* parent)
    : TitledDock(QStringLiteral("prompt_dock"), tr("Prompt"), parent), samples_(std::move(samples)) {
    auto* body = new QWidget(this);
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(editor_row(), 1);
    layout->addWidget(button_row());
    sampling_title_ = new DockTitle(tr("Sampling"), body);
    form_ = new SamplingForm(body);
    layout->addWidget(sampling_title_);
    layout->addWidget(form_);
    setWidget(body);
    connect(form_, &SamplingForm::edited, this, &PromptDock::sampling_edited);
}

QWidget* PromptDock::editor_row() {
    auto* row = new QWidget(this);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(10, 10, 10, 0);
    editor_ = new QPlainTextEdit(row);
    editor_->setObjectName(QStringLiteral("prompt_editor"));
    editor_->setAccessibleName(tr("Prompt"));
    editor_->setPlaceholderText(tr("Write the beginning of a text; the model goes on from there"));
    editor_->setTabChangesFocus(true);
    editor_->setMinimumHeight(58);
    editor_->installEventFilter(this);
    layout->addWidget(editor_);
    connect(editor_, &QPlainTextEdit::textChanged, this, &PromptDock::prompt_edited);
    return row;
}

QWidget* PromptDock::button_row() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(10, 8, 10, 10);
    samples_button_ = new QToolButton(row);
    samples_button_->setText(tr("Samples"));
    samples_button_->setPopupMode(QToolButton::InstantPopup);
    samples_button_->setToolButtonStyle(Qt::ToolButtonTextOnly);
    samples_button_->setFocusPolicy(Qt::StrongFocus);
    samples_button_->setToolTip(tr("Prompts that suit the teaching model"));
    auto* menu = new QMenu(samples_button_);
    for (const PromptSample& sample : samples_) {
        QAction* action = menu->addAction(sample.name);
        action->setToolTip(sample.explanation);
        connect(action, &QAction::triggered, this, [this, text = sample.text] { set_prompt(text); });
    }
    menu->setToolTipsVisible(true);
    samples_button_->setMenu(menu);
    run_button_ = new QPushButton(tr("Run  Ctrl+↵"), row);
    run_button_->setObjectName(QStringLiteral("prompt_run"));
    run_button_->setFixedHeight(26);
    layout->addWidget(samples_button_);
    layout->addStretch(1);
    layout->addWidget(run_button_);
    connect(run_button_, &QPushButton::clicked, this, &PromptDock::run_requested);
    return row;
}

void PromptDock::set_model(const PromptModel& model) {
    model_ = model;
    title_bar()->set_note(model.n_tokens ? tr("%1 tokens").arg(grouped(*model.n_tokens)) : QString());
    run_button_->setText(model.was_run ? tr("Run again  Ctrl+↵") : tr("Run  Ctrl+↵"));
    run_button_->setEnabled(model.can_run);
    run_button_->setToolTip(model.run_hint);
}

void PromptDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    sampling_title_->set_theme(theme);
    form_->set_theme(theme);
}

void PromptDock::set_prompt(const QString& text) {
    if (editor_->toPlainText() != text) editor_->setPlainText(text);
}

bool PromptDock::eventFilter(QObject* watched, QEvent* event) {
    if (watched == editor_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool is_enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (is_enter && key->modifiers().testFlag(Qt::ControlModifier)) {
            if (model_.can_run) Q_EMIT run_requested();
            return true;
        }
    }
    return TitledDock::eventFilter(watched, event);
}

}  // namespace moe::app
