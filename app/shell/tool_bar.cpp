#include "app/shell/tool_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QSignalBlocker>

#include "app/shell/icons.h"
#include "app/shell/theme.h"

namespace moe::app {

namespace {

constexpr int kNarrowWidth = 1100;
constexpr int kControlHeight = 28;
constexpr int kRunWidth = 116;

struct SpeedName {
    CommandId command;
    const char* text;
};
constexpr SpeedName kSpeeds[] = {{CommandId::Speed1, QT_TRANSLATE_NOOP("ToolBar", "Speed 1 tok/s")},
                                 {CommandId::Speed2, QT_TRANSLATE_NOOP("ToolBar", "Speed 2 tok/s")},
                                 {CommandId::Speed4, QT_TRANSLATE_NOOP("ToolBar", "Speed 4 tok/s")},
                                 {CommandId::Speed8, QT_TRANSLATE_NOOP("ToolBar", "Speed 8 tok/s")},
                                 {CommandId::Speed16, QT_TRANSLATE_NOOP("ToolBar", "Speed 16 tok/s")},
                                 {CommandId::Speed32, QT_TRANSLATE_NOOP("ToolBar", "Speed 32 tok/s")},
                                 {CommandId::SpeedMax, QT_TRANSLATE_NOOP("ToolBar", "Speed: full")}};

}  // namespace

ToolBar::ToolBar(CommandList& commands, QWidget* parent)
    : QToolBar(tr("Tool bar"), parent),
      commands_(commands),
      play_(new QPushButton(this)),
      speed_(new QComboBox(this)),
      runs_(new QComboBox(this)),
      workspaces_(new WorkspaceSwitch(commands, this)) {
    setObjectName(QStringLiteral("tool_bar"));
    setMovable(false);
    setFloatable(false);
    setContextMenuPolicy(Qt::PreventContextMenu);
    setFixedHeight(42);
    add_command(CommandId::FirstToken, Qt::ToolButtonIconOnly);
    add_command(CommandId::StepBack, Qt::ToolButtonIconOnly);
    play_->setObjectName(QStringLiteral("play_button"));
    play_->setProperty("primary", true);
    play_->setFixedSize(88, kControlHeight);
    play_->setFocusPolicy(Qt::TabFocus);
    addWidget(play_);
    add_command(CommandId::StepForward, Qt::ToolButtonIconOnly);
    addSeparator();
    add_speed();
    addSeparator();
    add_follow_switch();
    addSeparator();
    worded_.push_back(add_command(CommandId::ContinueFromHere, Qt::ToolButtonTextBesideIcon));
    commands_.action(CommandId::ContinueFromHere)->setIconText(QLatin1Char(' ') + tr("Continue"));
    add_runs();
    addSeparator();
    record_ = add_command(CommandId::Record, Qt::ToolButtonTextBesideIcon);
    worded_.push_back(record_);
    auto* rest = new QWidget(this);
    rest->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    addWidget(rest);
    addWidget(workspaces_);
    connect(play_, &QPushButton::clicked, commands_.action(CommandId::PlayPause), &QAction::trigger);
}

QToolButton* ToolBar::add_command(CommandId id, Qt::ToolButtonStyle style) {
    auto* button = new QToolButton(this);
    button->setDefaultAction(commands_.action(id));
    button->setToolButtonStyle(style);
    button->setFixedHeight(kControlHeight);
    button->setMinimumWidth(kControlHeight);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(commands_.action(id)->iconText());
    addWidget(button);
    return button;
}

void ToolBar::add_speed() {
    speed_->setAccessibleName(tr("Speed"));
    speed_->setToolTip(tr("Tokens a second (keys 1 to 6, 0 for as fast as it can)"));
    speed_->setFixedHeight(kControlHeight);
    for (const SpeedName& speed : kSpeeds) speed_->addItem(tr(speed.text));
    speed_->setMinimumContentsLength(13);
    addWidget(speed_);
    connect(speed_, &QComboBox::activated, this,
            [this](int index) { commands_.action(kSpeeds[index].command)->trigger(); });
}

void ToolBar::add_runs() {
    runs_->setAccessibleName(tr("Run"));
    runs_->setToolTip(tr("The run that is shown; Runs has them all as a tree"));
    runs_->setFixedHeight(kControlHeight);
    runs_->setFixedWidth(kRunWidth);
    runs_->setPlaceholderText(tr("No run yet"));
    addWidget(runs_);
    connect(runs_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT run_chosen(run_keys_[static_cast<std::size_t>(index)]); });
}

void ToolBar::set_runs(const AppState& state) {
    std::vector<RunKey> keys;
    QStringList names;
    int shown = -1;
    for (const auto& [key, run] : state.runs) {
        if (state.shown == key) shown = static_cast<int>(keys.size());
        keys.push_back(key);
        names << run.name;
    }
    if (keys != run_keys_ || names != run_names_) {
        const QSignalBlocker blocker(runs_);
        runs_->clear();
        runs_->addItems(names);
        run_keys_ = std::move(keys);
        run_names_ = names;
    }
    runs_->setCurrentIndex(shown);
    runs_->setEnabled(!names.isEmpty());
}

void ToolBar::add_follow_switch() {
    auto* group = new QWidget(this);
    auto* layout = new QHBoxLayout(group);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    for (QToolButton** button : {&follow_, &stay_}) {
        *button = new QToolButton(group);
        (*button)->setCheckable(true);
        (*button)->setFixedHeight(kControlHeight);
        (*button)->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        (*button)->setFocusPolicy(Qt::TabFocus);
        layout->addWidget(*button);
        worded_.push_back(*button);
    }
    follow_->setText(QLatin1Char(' ') + tr("Follow"));  // air between icon and word
    follow_->setAccessibleName(tr("Follow"));
    follow_->setToolTip(tr("Keeps the newest row in view (Ctrl+E)"));
    stay_->setText(QLatin1Char(' ') + tr("Stay"));
    stay_->setAccessibleName(tr("Stay"));
    stay_->setToolTip(tr("Leaves the view where it is while tokens arrive (Ctrl+E)"));
    QAction* follow = commands_.action(CommandId::Follow);
    connect(follow_, &QToolButton::clicked, this,
            [this, follow] { follow->isChecked() ? follow_->setChecked(true) : follow->trigger(); });
    connect(stay_, &QToolButton::clicked, this,
            [this, follow] { follow->isChecked() ? follow->trigger() : stay_->setChecked(true); });
    addWidget(group);
}

void ToolBar::set_state(const AppState& state) {
    is_playing_ = state.is_generating() || state.is_replaying;
    plays_record_ = plays_record(state);
    is_recording_ = state.recording.is_recording;
    const QString reason = why_not_play(state);
    play_->setEnabled(is_playing_ || reason.isEmpty());
    play_->setToolTip(play_->isEnabled() ? commands_.action(CommandId::PlayPause)->toolTip() : reason);
    show_play_button();
    set_runs(state);
    follow_->setChecked(state.follows);
    stay_->setChecked(!state.follows);
    const CommandId speed = command_of_speed(state.speed);
    for (int i = 0; i < speed_->count(); ++i) {
        if (kSpeeds[i].command == speed) speed_->setCurrentIndex(i);
    }
    QAction* record = commands_.action(CommandId::Record);
    record->setIconText(QLatin1Char(' ') + (is_recording_ ? tr("Recording") : tr("Record")));
    record->setIcon(tinted_icon(QStringLiteral("record"),
                                to_qcolor(is_recording_ ? theme_.recording : theme_.text_3),
                                to_qcolor(theme_.disabled)));
}

void ToolBar::show_play_button() {
    play_->setText(is_playing_ ? tr("Pause") : plays_record_ ? tr("Play") : tr("Run"));
    play_->setIcon(tinted_icon(is_playing_ ? QStringLiteral("pause") : QStringLiteral("play"), Qt::white,
                               to_qcolor(theme_.disabled)));
    QPalette colors = palette();
    colors.setColor(QPalette::ButtonText, Qt::white);
    colors.setColor(QPalette::Disabled, QPalette::ButtonText, to_qcolor(theme_.disabled));
    play_->setPalette(colors);
}

void ToolBar::set_theme(const render::Theme& theme) {
    theme_ = theme;
    const QColor color = to_qcolor(theme.text_1);
    const QColor disabled = to_qcolor(theme.disabled);
    commands_.set_icons(color, disabled);
    follow_->setIcon(tinted_icon(QStringLiteral("follow"), color, disabled));
    stay_->setIcon(tinted_icon(QStringLiteral("stay"), color, disabled));
    QFont strong = ui_font(13, QFont::Medium);
    play_->setFont(strong);
    show_play_button();
    workspaces_->set_theme(theme);
    for (QToolButton* button : worded_) button->setFont(ui_font(13));
}

// In a narrow window the buttons lose their words; the workspaces take what is left.
void ToolBar::fit() {
    const auto style = width() < kNarrowWidth ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon;
    for (QToolButton* button : worded_) button->setToolButtonStyle(style);
    layout()->invalidate();  // it asks its buttons later
    const int others = sizeHint().width() - workspaces_->sizeHint().width();
    workspaces_->fit_into(width() - others);
}

void ToolBar::resizeEvent(QResizeEvent* event) {
    fit();
    QToolBar::resizeEvent(event);
}

}  // namespace moe::app
