// What the window does on a command: menus and their handlers.
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QMenuBar>
#include <QTimer>

#include "app/shell/about_dialog.h"
#include "app/shell/explanation_dialog.h"
#include "app/shell/file_dialogs.h"
#include "app/shell/key_help_dialog.h"
#include "app/shell/main_window.h"
#include "app/shell/picture_menu.h"
#include "app/shell/preferences_dialog.h"
#include "app/shell/settings.h"

namespace moe::app {

namespace {

// Without the dots that say that more is asked.
QString bare_name(QString name) { return name.remove(QStringLiteral("…")).trimmed(); }

TitledDock* dock_of(QWidget* part) {
    while (part != nullptr && qobject_cast<TitledDock*>(part) == nullptr) part = part->parentWidget();
    return qobject_cast<TitledDock*>(part);
}

}  // namespace

void MainWindow::fill_menus() {
    const std::vector<std::pair<CommandMenu, QString>> names{
        {CommandMenu::File, tr("&File")},     {CommandMenu::Edit, tr("&Edit")},
        {CommandMenu::View, tr("&View")},     {CommandMenu::Run, tr("&Run")},
        {CommandMenu::Window, tr("&Window")}, {CommandMenu::Help, tr("&Help")}};
    const auto fill = [this](QMenu* menu, CommandMenu id) {
        menu->setToolTipsVisible(true);
        for (const CommandInfo& info : all_commands()) {
            if (info.menu != id) continue;
            if (info.kind == CommandInfo::Kind::BeginsGroup) menu->addSeparator();
            menu->addAction(commands_->action(info.id));
        }
    };
    for (const auto& [id, name] : names) {
        QMenu* menu = menuBar()->addMenu(name);
        if (id == CommandMenu::Window) {
            fill(menu->addMenu(tr("W&orkspace")), CommandMenu::Workspace);
            QMenu* const panes = menu->addMenu(tr("S&how pane"));
            for (TitledDock* dock : docks()) panes->addAction(dock->menu_action());
            menu->addSeparator();
        }
        fill(menu, id);
        if (id == CommandMenu::Edit) edit_menu_ = menu;
        if (id == CommandMenu::View) {
            new PictureMenu(picture_, menu);
            menu->addMenu(tr("Pat&h"))->addActions({path_dock_->runner_ups(), path_dock_->scores()});
        }
        if (id != CommandMenu::Window) continue;
        layout_menu_ = menu->addMenu(tr("La&youts"));
    }
    menuBar()->setFixedHeight(30);
    menuBar()->setCornerWidget(search_field_);
}

void MainWindow::connect_file_commands() {
    const auto open = [this](FileKind kind) {
        if (const auto path = ask_file_to_open(this, kind)) open_file(*path);
    };
    commands_->on(CommandId::OpenFile, [open] { open(FileKind::Any); });
    commands_->on(CommandId::OpenModel, [open] { open(FileKind::Model); });
    commands_->on(CommandId::OpenTrace, [open] { open(FileKind::Trace); });
    commands_->on(CommandId::OpenEmbedded, [this] { open_embedded_model(); });
    connect(start_page_, &StartPage::open_model_requested, commands_->action(CommandId::OpenModel),
            &QAction::trigger);
    connect(start_page_, &StartPage::open_trace_requested, commands_->action(CommandId::OpenTrace),
            &QAction::trigger);
    commands_->on(CommandId::Record, [this] { toggle_recording(); });
    connect_export_commands();
    commands_->on(CommandId::Quit, [this] { close(); });
    commands_->on(CommandId::CopySelection,
                  [this] { QApplication::clipboard()->setText(selection_words()); });
    commands_->on(CommandId::Preferences, [this] { show_preferences(); });
    commands_->on(CommandId::GoToPrompt, [this] { prompt_dock_->bring_forward(); });
}

void MainWindow::connect_run_commands() {
    commands_->on(CommandId::Run, [this] {
        controller_.run_or_send();
        show_what_is_generated();
    });
    commands_->on(CommandId::PlayPause, [this] { controller_.play_or_pause(); });
    commands_->on(CommandId::StepForward, [this] { controller_.step_forward(); });
    commands_->on(CommandId::StepBack, [this] { controller_.step_back(); });
    commands_->on(CommandId::FirstToken, [this] { controller_.select_first(); });
    commands_->on(CommandId::LastToken, [this] { controller_.select_last(); });
    commands_->on(CommandId::LayerUp, [this] { controller_.move_layer(-1); });
    commands_->on(CommandId::LayerDown, [this] { controller_.move_layer(1); });
    commands_->on(CommandId::Chat,
                  [this] { controller_.set_chat(commands_->action(CommandId::Chat)->isChecked()); });
    commands_->on(CommandId::ContinueFromHere, [this] { controller_.continue_from_selection(); });
    commands_->on(CommandId::Cancel, [this] {
        if (is_presenting_) return commands_->action(CommandId::Presentation)->trigger();
        banner_->dismiss();
        controller_.cancel();
        picture_->clearFocus();  // it shows that keys act there even where it had the focus by a click
        picture_->setFocus(Qt::ShortcutFocusReason);
    });
    for (const CommandInfo& info : all_commands()) {
        if (const std::optional<double> speed = speed_of(info.id))
            commands_->on(info.id, [this, speed] { controller_.set_speed(*speed); });
    }
    commands_->action(CommandId::SpeedMax)->setChecked(true);
}

// A message's answer is waited for where the next one is written; a prompt was written to be looked at, and Space
// is to pause it.
void MainWindow::show_what_is_generated() {
    if (!controller_.state().is_chat) picture_->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::connect_view_commands() {
    commands_->on(CommandId::ZoomIn, [this] { picture_->zoom_rows(1); });
    commands_->on(CommandId::ZoomOut, [this] { picture_->zoom_rows(-1); });
    commands_->on(CommandId::WiderColumns, [this] { picture_->zoom_columns(1); });
    commands_->on(CommandId::NarrowerColumns, [this] { picture_->zoom_columns(-1); });
    commands_->on(CommandId::FitColumns, [this] { picture_->fit_columns(); });
    QAction* const transpose = commands_->action(CommandId::Transpose);
    commands_->on(CommandId::Transpose, [this, transpose] {
        PictureOptions options = picture_->options();
        options.orientation =
            transpose->isChecked() ? render::Orientation::TokensAcross : render::Orientation::TokensDown;
        picture_->set_options(options);
    });
    connect(picture_, &PictureView::options_changed, transpose, [transpose](const PictureOptions& options) {
        transpose->setChecked(options.orientation == render::Orientation::TokensAcross);
    });
    commands_->on(CommandId::FrameSelection, [this] { picture_->frame_selection(); });
    commands_->on(CommandId::Follow,
                  [this] { controller_.set_follows(commands_->action(CommandId::Follow)->isChecked()); });
    const auto choose = [this](ThemeChoice choice) {
        settings::set_theme(choice);
        set_theme(choice);
    };
    commands_->on(CommandId::ThemeSystem, [choose] { choose(ThemeChoice::System); });
    commands_->on(CommandId::ThemeDark, [choose] { choose(ThemeChoice::Dark); });
    commands_->on(CommandId::ThemeLight, [choose] { choose(ThemeChoice::Light); });
    commands_->on(CommandId::ShowFrameTime, [this] { refresh_picture(); });
    commands_->action(CommandId::ReducedMotion)->setChecked(settings::reduced_motion());
    commands_->on(CommandId::ReducedMotion, [this] {
        settings::set_reduced_motion(commands_->action(CommandId::ReducedMotion)->isChecked());
        refresh_picture();
        refresh_path();
    });
    picture_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(picture_, &QWidget::customContextMenuRequested, this, &MainWindow::show_picture_context_menu);
    QWidget* text = text_dock_->view();
    text->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(text, &QWidget::customContextMenuRequested, this, [this, text](const QPoint& position) {
        show_picture_context_menu(picture_->mapFromGlobal(text->mapToGlobal(position)));
    });
}

void MainWindow::show_picture_context_menu(const QPoint& position) {
    QMenu menu(this);
    for (const CommandId id :
         {CommandId::ContinueFromHere, CommandId::FrameSelection, CommandId::CopySelection})
        menu.addAction(commands_->action(id));
    menu.exec(picture_->mapToGlobal(position));
}

void MainWindow::connect_window_commands() {
    commands_->on(CommandId::NextPane, [this] { walk_panes(1); });
    commands_->on(CommandId::PreviousPane, [this] { walk_panes(-1); });
    commands_->on(CommandId::ResetLayout,
                  [this] { layout_watch_->change_as(tr("Reset layout"), [this] { lay_out_docks(workspace_); }); });
    commands_->on(CommandId::SearchCommands, [this] { palette_->open_with(palette_entries(*menuBar())); });
    connect(search_field_, &QPushButton::clicked, commands_->action(CommandId::SearchCommands),
            &QAction::trigger);
    commands_->on(CommandId::ShowKeys, [this] {
        KeyHelpDialog(palette_entries(*menuBar()), theme_for(theme_choice_), this).exec();
    });
    commands_->on(CommandId::About, [this] { AboutDialog(picture_->backend_description(), this).exec(); });
    commands_->on(CommandId::Explain, [this] {
        // When a menu that it was chosen in has given the focus back.
        QTimer::singleShot(0, this, [this] {
            QWidget* const focus = QApplication::focusWidget();  // none while no window of ours is active
            if (const TitledDock* dock = dock_of(focus != nullptr ? focus : focusWidget()))
                return void(ExplanationDialog(dock->windowTitle(), explanations_of(*dock), this).exec());
            ExplanationDialog(tr("Picture"), explanations_of_picture(*picture_), this).exec();
        });
    });
}

// Reading order: the left docks, the view, the right docks.
void MainWindow::walk_panes(int direction) {
    std::vector<QWidget*> panes;
    const auto add_dock = [&panes](TitledDock* dock) {
        // A dock behind a tab and a list with nothing in it are passed over.
        if (dock->is_seen() && dock->focus_target()->isVisible())
            panes.push_back(dock->focus_target());
    };
    add_dock(prompt_dock_);
    add_dock(text_dock_);
    panes.push_back(picture_);
    for (TitledDock* dock : docks()) {
        if (dock != prompt_dock_ && dock != text_dock_) add_dock(dock);
    }
    std::ptrdiff_t current = direction > 0 ? -1 : 0;
    for (std::size_t i = 0; i < panes.size(); ++i) {
        const QWidget* dock_body = panes[i] == picture_ ? picture_ : panes[i]->parentWidget();
        if (dock_body->isAncestorOf(focusWidget()) || panes[i] == focusWidget())
            current = static_cast<std::ptrdiff_t>(i);
    }
    const auto n_panes = static_cast<std::ptrdiff_t>(panes.size());
    panes[static_cast<std::size_t>((current + direction + n_panes) % n_panes)]->setFocus(Qt::TabFocusReason);
}

bool MainWindow::run_command(const QString& name) {
    for (const PaletteEntry& entry : palette_entries(*menuBar())) {
        const bool is_meant = bare_name(entry.name).compare(bare_name(name), Qt::CaseInsensitive) == 0 ||
                              bare_name(entry.key).compare(bare_name(name), Qt::CaseInsensitive) == 0;
        if (!is_meant) continue;
        if (entry.is_enabled) QTimer::singleShot(0, this, entry.run);  // it may open a dialog and wait for it
        return entry.is_enabled;
    }
    return false;
}

void MainWindow::toggle_recording() {
    if (controller_.state().recording.is_recording) return controller_.stop_recording();
    start_recording();
    refresh_commands();
}

bool MainWindow::start_recording() {
    const std::optional<ModelState>& model = controller_.state().model;
    const auto path = ask_recording_file(this, model ? model->name : QStringLiteral("trace"));
    // The dialog asked before it let an existing file be chosen.
    if (path) controller_.start_recording(*path, MoetraceWriter::IfExists::Overwrite);
    return path.has_value();
}

// The preference: every session to a file of its own.
void MainWindow::record_if_wanted() {
    const AppState& state = controller_.state();
    if (!settings::records_sessions() || state.recording.is_recording || !state.model) return;
    controller_.start_recording(new_recording(settings::recording_folder(), state.model->name),
                                MoetraceWriter::IfExists::Refuse);
}

void MainWindow::show_preferences() {
    PreferencesDialog dialog(this);
    connect(&dialog, &PreferencesDialog::threads_chosen, &controller_, [this](std::size_t n_threads) {
        settings::set_threads(n_threads);
        controller_.set_threads(n_threads);
    });
    connect(&dialog, &PreferencesDialog::theme_chosen, this, [this](ThemeChoice choice) {
        settings::set_theme(choice);
        set_theme(choice);
    });
    connect(&dialog, &PreferencesDialog::reduced_motion_chosen, commands_->action(CommandId::ReducedMotion),
            &QAction::trigger);
    connect(&dialog, &PreferencesDialog::resolve_chosen, picture_, [this](render::ResolveOn place) {
        settings::set_resolve_on(place);
        picture_->set_resolve(place);
    });
    connect(&dialog, &PreferencesDialog::presenter_chosen, picture_, [this](PresenterChoice choice) {
        settings::set_presenter(choice);
        picture_->set_presenter(choice);
    });
    dialog.exec();
}

}  // namespace moe::app
