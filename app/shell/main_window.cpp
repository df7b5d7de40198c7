#include "app/shell/main_window.h"

#include <QApplication>
#include <QMimeData>
#include <QScreen>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "app/shell/focus_mark.h"
#include "app/shell/key_guard.h"
#include "app/shell/samples.h"
#include "app/shell/session_picture.h"
#include "app/shell/settings.h"

namespace moe::app {

namespace {

constexpr QSize kMinimumSize(760, 460);  // of 1366 x 768 at 150 %, 800 x 600 and what stands around a window
constexpr QSize kFirstSize(1440, 900);
constexpr QSize kFrameSize(16, 40);  // what a window manager may put around it

}  // namespace

MainWindow::MainWindow(const Options& options)
    : options_(options),
      commands_(new CommandList(this)),
      picture_(new PictureView(options.backend, this)),
      start_page_(new StartPage(prompt_samples(), picture_)),
      tool_bar_(new ToolBar(*commands_, this)),
      banner_(new ErrorBanner(this)),
      status_bar_(new StatusBar(this)),
      palette_(new CommandPalette(this)),
      search_field_(new SearchField(QStringLiteral("Ctrl K"), this)) {
    setWindowTitle(tr("MoEScope"));
    setMinimumSize(kMinimumSize);
    resize(kFirstSize.boundedTo(screen()->availableSize() - kFrameSize));
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setCentralWidget(picture_);
    picture_->setMinimumSize(340, 200);
    addToolBar(tool_bar_);
    addToolBarBreak();
    addToolBar(banner_);
    setStatusBar(status_bar_);
    setContextMenuPolicy(Qt::PreventContextMenu);
    qApp->installEventFilter(new KeyGuard(this));
    new FocusMark(this);
    make_docks();
    layout_watch_ = new LayoutWatch(this, docks(), kLayoutVersion);
    fill_menus();
    connect_file_commands();
    connect_run_commands();
    connect_view_commands();
    connect_window_commands();
    connect_layout_commands();
    connect_workspaces();
    connect_time_commands();
    connect_find_commands();
    connect_docks();
    connect_analysis();
    connect_notes();
    connect_picture();
    set_theme(options.theme.value_or(settings::theme()));
    prompt_dock_->set_prompt(prompt_samples().front().text);
    controller_.set_sampling(prompt_dock_->sampling());
    if (settings::threads() > 0) controller_.set_threads(settings::threads());
    if (options_.remembers_layout) {
        take_place_on_screen();
        const settings::Session session = settings::session();
        picture_->set_options(picture_from_text(session.picture, /*with_arrangement=*/false));
        path_dock_->runner_ups()->setChecked(session.path_runner_ups);
        path_dock_->scores()->setChecked(session.path_scores);
    }
    connect_undo();
}

// Where it was; as far as the screen reaches, which may be another one or have another scale now.
void MainWindow::take_place_on_screen() {
    restoreGeometry(settings::window_geometry());
    if (isMaximized() || isFullScreen()) return;
    const QRect room = screen()->availableGeometry();
    resize(size().boundedTo(room.size() - kFrameSize));
    const QPoint most = room.bottomRight() - QPoint(width(), height());
    move(std::clamp(x(), room.left(), std::max(room.left(), most.x())),
         std::clamp(y(), room.top(), std::max(room.top(), most.y())));
}

// The docks and the picture outlive the controller that their signals go to.
MainWindow::~MainWindow() { picture_->disconnect(this); }

void MainWindow::make_docks() {
    prompt_dock_ = new PromptDock(prompt_samples(), this);
    text_dock_ = new TokenTextDock(this);
    next_token_dock_ = new NextTokenDock(this);
    router_dock_ = new RouterDock(this);
    path_dock_ = new PathDock(this);
    runs_dock_ = new RunsDock(this);
    expert_dock_ = new ExpertDock(this);
    balance_dock_ = new BalanceDock(this);
    matrices_dock_ = new MatricesDock(this);
    compare_dock_ = new CompareDock(this);
    difference_dock_ = new DifferenceDock(this);
    timeline_dock_ = new TimelineDock(this);
    find_dock_ = new FindDock(this);
    notes_dock_ = new NotesDock(this);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
}

std::vector<TitledDock*> MainWindow::docks() const {
    return {prompt_dock_,   text_dock_, next_token_dock_, router_dock_,     expert_dock_,   balance_dock_, path_dock_,
            matrices_dock_, runs_dock_, compare_dock_,    difference_dock_, timeline_dock_, find_dock_,    notes_dock_};
}

void MainWindow::connect_docks() {
    connect(prompt_dock_, &PromptDock::prompt_edited, &controller_,
            [this] { controller_.set_prompt(prompt_dock_->prompt()); });
    connect(prompt_dock_, &PromptDock::sampling_edited, &controller_,
            [this] { controller_.set_sampling(prompt_dock_->sampling()); });
    connect(prompt_dock_, &PromptDock::run_requested, &controller_, [this] {
        controller_.run_prompt(AppController::Then::Run);
        show_what_is_generated();
    });
    connect(prompt_dock_, &PromptDock::send_requested, &controller_, &AppController::send_message);
    connect(prompt_dock_, &PromptDock::chat_toggled, &controller_, &AppController::set_chat);
    connect(prompt_dock_, &PromptDock::thinking_chosen, &controller_, &AppController::set_thinking);
    connect(prompt_dock_, &PromptDock::system_edited, &controller_,
            [this] { controller_.set_system_message(prompt_dock_->system_message()); });
    connect(&controller_, &AppController::message_taken, prompt_dock_, [this](const QString& message) {
        if (prompt_dock_->prompt() == message) prompt_dock_->set_prompt({});  // the next one can be written
    });
    connect(text_dock_, &TokenTextDock::token_chosen, &controller_, &AppController::select_token);
    const auto choose_layer = [this](std::size_t layer) {
        controller_.select({.token = {}, .layer = layer, .expert = {}});
    };
    connect(text_dock_, &TokenTextDock::layer_chosen, &controller_, choose_layer);
    connect(router_dock_, &RouterDock::layer_chosen, &controller_, choose_layer);
    connect(router_dock_, &QDockWidget::visibilityChanged, &controller_, [this] { refresh_router(); });
    connect(path_dock_, &QDockWidget::visibilityChanged, &controller_, [this] { refresh_path(); });
    connect(&margins_, &MarginWatch::changed, &controller_, [this] {
        router_dock_->set_margins(margins_.sample());
        refresh_path();
    });
    connect(router_dock_, &RouterDock::expert_chosen, &controller_,
            [this](std::size_t expert) { controller_.select({.token = {}, .layer = {}, .expert = expert}); });
    connect(path_dock_->view(), &PathView::expert_chosen, &controller_,
            [this](std::size_t layer, std::optional<std::size_t> expert) {
                controller_.select({.token = {}, .layer = layer, .expert = expert});
            });
    connect(runs_dock_, &RunsDock::run_chosen, &controller_, &AppController::show_run);
    connect(tool_bar_, &ToolBar::run_chosen, &controller_, &AppController::show_run);
    connect(next_token_dock_, &NextTokenDock::token_taken, &controller_, [this](std::size_t position, TokenId id) {
        picture_->setFocus(Qt::ShortcutFocusReason);  // the list closes while the model goes on
        controller_.take_token(position, id);
    });
    connect(next_token_dock_, &NextTokenDock::candidates_wanted, &controller_, &AppController::find_candidates);
    connect(start_page_, &StartPage::run_requested, &controller_,
            [this] { controller_.run_prompt(AppController::Then::Run); });
    connect(start_page_, &StartPage::sample_chosen, prompt_dock_, &PromptDock::set_prompt);
}

void MainWindow::connect_picture() {
    picture_->set_resolve(settings::resolve_on());
    picture_->set_presenter(settings::presenter());
    connect(picture_, &PictureView::selected, &controller_, &AppController::select);
    connect(picture_, &PictureView::follow_changed, &controller_, &AppController::set_follows);
    connect(picture_, &PictureView::frame_done, this, &MainWindow::refresh_status);
    connect(picture_, &PictureView::backend_changed, this, &MainWindow::refresh_status);
    connect(picture_, &PictureView::options_changed, start_page_,
            [this](const PictureOptions& options) { start_page_->set_orientation(options.orientation); });
    connect(&controller_, &AppController::changed, this, &MainWindow::refresh);
    connect(&controller_, &AppController::picture_changed, this, &MainWindow::refresh_picture);
    connect(&controller_, &AppController::selection_moved, this, &MainWindow::bring_selection_into_view,
            Qt::QueuedConnection);
    connect(&controller_, &AppController::failed, banner_, &ErrorBanner::show_failure);
    connect(&controller_, &AppController::file_wanted, this, &MainWindow::open_file);
    connect(banner_, &ErrorBanner::other_file_requested, commands_->action(CommandId::OpenFile), &QAction::trigger);
    connect(&controller_, &AppController::failed, this, &MainWindow::fall_back_to_embedded_model);
    connect(&controller_, &AppController::failed, this, [this] { when_recorded_ = nullptr; });
    connect(&controller_, &AppController::trace_opened, banner_, &ErrorBanner::dismiss);
    connect(&controller_, &AppController::model_opened, this, [this] {
        if (!std::exchange(keeps_banner_, false)) banner_->dismiss();
        start_page_->show();
        start_page_->focus_run_button();
        record_if_wanted();
    });
}

// A file that cannot be opened when there is nothing else: the banner says why, and the embedded model is
// there to go on with.
void MainWindow::fall_back_to_embedded_model() {
    const AppState& state = controller_.state();
    keeps_banner_ = !state.model && !state.shows_trace() && !fell_back_;
    if (!keeps_banner_) return;
    fell_back_ = true;
    controller_.open_embedded_model();
}

void MainWindow::set_theme(ThemeChoice choice) {
    theme_choice_ = choice;
    const render::Theme& theme = theme_for(choice);
    apply_theme(theme);
    for (TitledDock* dock : docks()) dock->set_theme(dock_theme_from(theme));
    text_dock_->set_theme(dock_theme());
    path_dock_->view()->set_theme(theme);
    difference_dock_->view()->set_theme(theme);
    tool_bar_->set_theme(theme);
    banner_->set_theme(theme);
    status_bar_->set_theme(theme);
    start_page_->set_theme(theme);
    palette_->set_theme(theme);
    search_field_->set_theme(theme);
    QPalette gaps = palette_from(theme);
    gaps.setColor(QPalette::Window, to_qcolor(theme.bg));
    setPalette(gaps);
    for (TitledDock* dock : docks()) {
        dock->setAutoFillBackground(true);
        dock->setPalette(palette_from(theme));
    }
    const CommandId chosen = choice == ThemeChoice::System ? CommandId::ThemeSystem
                             : choice == ThemeChoice::Dark ? CommandId::ThemeDark
                                                           : CommandId::ThemeLight;
    commands_->action(chosen)->setChecked(true);
    refresh();
    refresh_picture();
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    if (was_shown_) return;
    was_shown_ = true;
    if (options_.remembers_layout) workspace_ = workspace_from_key(settings::workspace());
    commands_->action(command_of(workspace_))->setChecked(true);
    lay_out_docks(workspace_);
    if (options_.remembers_layout) restoreState(settings::window_state(), kLayoutVersion);
    banner_->hide();  // a saved layout may have shown it
    start_page_->focus_run_button();
    std::vector<TitledDock*> floating;
    for (TitledDock* dock : docks()) {
        if (dock->isFloating() && !dock->isHidden()) floating.push_back(dock);
    }
    // Window managers put a dock that is there before its window behind that.
    for (TitledDock* dock : floating) dock->hide();
    QTimer::singleShot(0, this, [this, floating] {
        for (TitledDock* dock : floating) dock->show();
        layout_watch_->accept();
    });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    open_file(event->mimeData()->urls().front().toLocalFile().toStdString());
    event->acceptProposedAction();
}

bool MainWindow::is_settled() const {
    return controller_.is_idle() && picture_->is_settled() && is_analysis_settled() &&
           timeline_dock_->view()->is_settled() && notes_.is_idle() && find_dock_->is_settled();
}

}  // namespace moe::app
