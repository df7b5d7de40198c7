#include "app/docks/prompt_dock.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kLeastWidth = 240;  // of the notice
// The dock is given its height before a chat's row takes some of it; that leaves the editor two lines.
constexpr int kEditorHeight = 80;
constexpr int kChatEditorHeight = 50;

/// The name of a choice among others.
QString thinking_text(Thinking thinking, const std::vector<Thinking>& choices) {
    const bool has_switch = std::ranges::find(choices, Thinking::On) != choices.end();
    switch (thinking) {
        case Thinking::Unsaid:
            return has_switch ? PromptDock::tr("Think: auto") : PromptDock::tr("Effort: auto");
        case Thinking::On:
            return PromptDock::tr("Think: on");
        case Thinking::Off:
            return PromptDock::tr("Think: off");
        case Thinking::Low:
            return PromptDock::tr("Effort: low");
        case Thinking::Medium:
            return PromptDock::tr("Effort: medium");
        case Thinking::High:
            return PromptDock::tr("Effort: high");
    }
    return {};
}

}  // namespace

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
    set_body(body);
    connect(form_, &SamplingForm::edited, this, &PromptDock::sampling_edited);
}

QWidget* PromptDock::editor_row() {
    auto* row = new QWidget(this);
    auto* layout = new QVBoxLayout(row);
    layout->setContentsMargins(10, 10, 10, 0);
    layout->setSpacing(6);
    layout->addLayout(chat_row());
    editor_ = new QPlainTextEdit(row);
    editor_->setObjectName(QStringLiteral("prompt_editor"));
    editor_->setAccessibleName(tr("Prompt"));
    editor_->setTabChangesFocus(true);
    editor_->setMinimumHeight(kEditorHeight);
    editor_->installEventFilter(this);
    layout->addWidget(editor_, 1);
    notice_ = new QLabel(row);
    notice_->setObjectName(QStringLiteral("prompt_notice"));
    notice_->setWordWrap(true);
    notice_->hide();
    layout->addWidget(notice_);
    connect(editor_, &QPlainTextEdit::textChanged, this, &PromptDock::prompt_edited);
    return row;
}

QLayout* PromptDock::chat_row() {
    auto* layout = new QHBoxLayout;
    layout->setSpacing(6);
    system_ = new QLineEdit(this);
    system_->setObjectName(QStringLiteral("prompt_system"));
    system_->setAccessibleName(tr("System message"));
    system_->setToolTip(tr("What the model is told before the conversation; for the next new chat"));
    system_->setFixedHeight(24);
    system_->hide();
    thinking_ = new QComboBox(this);
    thinking_->setObjectName(QStringLiteral("prompt_thinking"));
    thinking_->setAccessibleName(tr("Thinking"));
    thinking_->setToolTip(
        tr("Whether the model thinks before the next answer, or with how much effort; auto "
           "is as its template has it"));
    thinking_->setFixedHeight(24);
    thinking_->hide();
    layout->addWidget(system_, 1);
    layout->addWidget(thinking_);
    connect(system_, &QLineEdit::textChanged, this, &PromptDock::system_edited);
    connect(thinking_, &QComboBox::activated, this,
            [this] { Q_EMIT thinking_chosen(static_cast<Thinking>(thinking_->currentData().toInt())); });
    return layout;
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
    add_chat_widgets(row);
    run_button_ = new QPushButton(row);
    run_button_->setObjectName(QStringLiteral("prompt_run"));
    run_button_->setFixedHeight(26);
    layout->addWidget(samples_button_);
    layout->addStretch(1);
    layout->addWidget(new_chat_button_);
    layout->addWidget(run_button_);
    connect(run_button_, &QPushButton::clicked, this, &PromptDock::press_main_button);
    show_buttons();
    return row;
}

void PromptDock::add_chat_widgets(QWidget* row) {
    chat_box_ = new QCheckBox(tr("Ch&at"), title_bar());
    title_bar()->add_control(chat_box_);
    chat_box_->setObjectName(QStringLiteral("prompt_chat"));
    chat_box_->setToolTip(tr("The text is a message to the model, written as its chat format has it"));
    connect(chat_box_, &QCheckBox::toggled, this, &PromptDock::chat_toggled);
    new_chat_button_ = new QPushButton(tr("New chat"), row);
    new_chat_button_->setObjectName(QStringLiteral("prompt_new_chat"));
    new_chat_button_->setFixedHeight(26);
    connect(new_chat_button_, &QPushButton::clicked, this, &PromptDock::run_requested);
}

void PromptDock::set_model(const PromptModel& model) {
    model_ = model;
    title_bar()->set_note(model.n_tokens ? tokens_text(*model.n_tokens) : QString());
    show_recorded();
    show_buttons();
}

void PromptDock::show_recorded() {
    const bool is_recorded = model_.recorded.has_value();
    if (is_recorded || own_prompt_) {
        const QSignalBlocker not_edited(editor_);
        if (is_recorded && !own_prompt_) own_prompt_ = editor_->toPlainText();
        const QString text = is_recorded ? *model_.recorded : *std::exchange(own_prompt_, {});
        if (editor_->toPlainText() != text) editor_->setPlainText(text);
    }
    editor_->setReadOnly(is_recorded);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{samples_button_, chat_box_, system_, thinking_, form_})
        widget->setEnabled(!is_recorded);
}

void PromptDock::show_thinking() {
    const ChatModel& chat = model_.chat;
    std::vector<Thinking> offered{Thinking::Unsaid};
    offered.insert(offered.end(), chat.thinking_choices.begin(), chat.thinking_choices.end());
    if (offered != std::exchange(thinking_offered_, offered)) {
        thinking_->clear();
        for (const Thinking thinking : offered)
            thinking_->addItem(thinking_text(thinking, chat.thinking_choices), static_cast<int>(thinking));
    }
    thinking_->setVisible(chat.is_on && offered.size() > 1);
    thinking_->setCurrentIndex(std::max(0, thinking_->findData(static_cast<int>(chat.thinking))));
    const bool has_effort = std::ranges::any_of(offered, [](Thinking t) { return !effort_name(t).empty(); });
    system_->setPlaceholderText(has_effort           ? tr("System")  // beside the widest box
                                : offered.size() > 1 ? tr("System message")
                                                     : tr("System message, if any"));
}

void PromptDock::show_buttons() {
    const ChatModel& chat = model_.chat;
    const bool is_recorded = model_.recorded.has_value();
    const QSignalBlocker no_toggle(chat_box_);
    chat_box_->setChecked(chat.is_on);
    system_->setVisible(chat.is_on);
    editor_->setMinimumHeight(chat.is_on ? kChatEditorHeight : kEditorHeight);
    show_thinking();
    notice_->setVisible(is_recorded || (chat.is_on && !chat.is_known));
    notice_->setText(is_recorded ? model_.recorded_note
                                 : tr("The file names no known chat format: turns are plain lines of “User:” and "
                                      "“Assistant:”"));
    // A dock does not ask for it, and does not know its width yet when it is made.
    notice_->setMinimumHeight(0);  // else it counts
    notice_->setMinimumHeight(notice_->heightForWidth(std::max(editor_->width(), kLeastWidth)));
    editor_->setPlaceholderText(is_recorded  ? tr("This trace holds no text of a prompt")
                                : chat.is_on ? tr("Write a message; the model answers")
                                           : tr("Write the beginning of a text; the model goes on from there"));
    const bool sends = chat.is_on && chat.goes_on;
    samples_button_->setVisible(!sends);
    new_chat_button_->setVisible(sends);
    new_chat_button_->setEnabled(model_.can_run);
    new_chat_button_->setToolTip(model_.run_hint);
    const QString text = chat.is_on ? tr("Send") : model_.was_run ? tr("Run again") : tr("Run");
    run_button_->setText(text + tr("  Ctrl+↵"));
    run_button_->setEnabled(sends ? chat.why_not_send.isEmpty() : model_.can_run);
    const QString send_hint = tr("Puts the message at the end of this chat (Ctrl+Enter)");
    run_button_->setToolTip(!sends ? model_.run_hint : run_button_->isEnabled() ? send_hint : chat.why_not_send);
}

void PromptDock::press_main_button() {
    if (!run_button_->isEnabled()) return;
    if (model_.chat.is_on && model_.chat.goes_on) {
        Q_EMIT send_requested();
    } else {
        Q_EMIT run_requested();
    }
}

void PromptDock::set_theme(const DockTheme& theme) {
    TitledDock::set_theme(theme);
    sampling_title_->set_theme(theme);
    form_->set_theme(theme);
    notice_->setFont(theme.caption);
    QPalette quiet = notice_->palette();
    quiet.setColor(QPalette::WindowText, theme.text_2);
    notice_->setPalette(quiet);
}

void PromptDock::set_prompt(const QString& text) {
    if (own_prompt_) {
        own_prompt_ = text;
        return Q_EMIT prompt_edited();
    }
    if (editor_->toPlainText() != text) editor_->setPlainText(text);
}

bool PromptDock::eventFilter(QObject* watched, QEvent* event) {
    if (watched == editor_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool is_enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (is_enter && key->modifiers().testFlag(Qt::ControlModifier)) {
            press_main_button();
            return true;
        }
    }
    return TitledDock::eventFilter(watched, event);
}

}  // namespace moe::app
