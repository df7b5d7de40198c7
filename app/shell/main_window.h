#pragma once

#include "app/viewport/picture_view.h"  // first: it includes Vulkan before Qt

#include <QMainWindow>
#include <functional>

#include "app/docks/balance_dock.h"
#include "app/docks/compare_dock.h"
#include "app/docks/expert_dock.h"
#include "app/docks/find_dock.h"
#include "app/docks/margin_watch.h"
#include "app/docks/matrices_dock.h"
#include "app/docks/next_token_dock.h"
#include "app/docks/notes_dock.h"
#include "app/docks/prompt_dock.h"
#include "app/docks/router_dock.h"
#include "app/docks/runs_dock.h"
#include "app/docks/timeline_dock.h"
#include "app/docks/token_text_dock.h"
#include "app/shell/app_controller.h"
#include "app/shell/command_list.h"
#include "app/shell/command_palette.h"
#include "app/shell/difference_dock.h"
#include "app/shell/error_banner.h"
#include "app/shell/layout_watch.h"
#include "app/shell/note_book.h"
#include "app/shell/path_dock.h"
#include "app/shell/search_field.h"
#include "app/shell/start_page.h"
#include "app/shell/status_bar.h"
#include "app/shell/text_field.h"
#include "app/shell/theme.h"
#include "app/shell/tool_bar.h"
#include "app/shell/undo_stack.h"
#include "app/shell/workspace.h"

namespace moe::app {

/// The window: the picture in the middle, docks around it. It shows AppState and turns keys, clicks and
/// dropped files into calls of AppController; it decides nothing itself.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    struct Options {
        PictureView::Backend backend = PictureView::Backend::Best;
        bool remembers_layout = true;           ///< reads and writes the settings' layout
        std::optional<ThemeChoice> theme = {};  ///< instead of the one in the settings
    };
    explicit MainWindow(const Options& options);
    ~MainWindow() override;

    AppController& controller() { return controller_; }
    PictureView* picture() const { return picture_; }
    PromptDock* prompt_dock() const { return prompt_dock_; }
    TokenTextDock* text_dock() const { return text_dock_; }
    RouterDock* router_dock() const { return router_dock_; }
    PathDock* path_dock() const { return path_dock_; }
    RunsDock* runs_dock() const { return runs_dock_; }
    NextTokenDock* next_token_dock() const { return next_token_dock_; }
    BalanceDock* balance_dock() const { return balance_dock_; }
    ExpertDock* expert_dock() const { return expert_dock_; }
    MatricesDock* matrices_dock() const { return matrices_dock_; }
    CompareDock* compare_dock() const { return compare_dock_; }
    DifferenceDock* difference_dock() const { return difference_dock_; }
    TimelineDock* timeline_dock() const { return timeline_dock_; }
    NotesDock* notes_dock() const { return notes_dock_; }
    NoteBook& notes() { return notes_; }
    UndoStack& undo_stack() { return undo_; }
    FindDock* find_dock() const { return find_dock_; }
    ErrorBanner* banner() const { return banner_; }
    StartPage* start_page() const { return start_page_; }
    CommandList& commands() { return *commands_; }
    CommandPalette* palette() const { return palette_; }

    /// Runs the command that the menus call `name` ("Zoom in", "Show: Probability"). False if there is none
    /// or it is not possible now.
    bool run_command(const QString& name);

    /// A model or a trace. Asks first where notes or runs would be lost with what it takes the place of.
    void open_file(const std::filesystem::path& path);
    void open_embedded_model();
    /// Nothing is in work, and what is on the screen is current.
    bool is_settled() const;
    /// Opens what the last session had open, at the token where it stood.
    void resume_session();
    void set_theme(ThemeChoice choice);

  protected:
    void closeEvent(QCloseEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    static constexpr int kLayoutVersion = 3;  // of saved states: changes when docks come or go

    // main_window.cpp: what there is
    void make_docks();
    void connect_docks();
    void connect_picture();
    void fall_back_to_embedded_model();
    void take_place_on_screen();
    std::vector<TitledDock*> docks() const;

    // main_window_actions.cpp: what happens on a command
    void fill_menus();
    void connect_file_commands();
    void connect_run_commands();
    void connect_view_commands();
    void connect_window_commands();
    void show_what_is_generated();
    void toggle_recording();
    bool start_recording();  ///< asks for the file; false: none was chosen
    void record_if_wanted();
    void walk_panes(int direction);
    void show_preferences();
    void show_picture_context_menu(const QPoint& position);

    // main_window_export.cpp: pictures and numbers to files
    void connect_export_commands();
    void refresh_export_commands();
    void save_picture();
    void save_chart(const render::Chart& chart, const QString& name);
    void export_tokens(const TokenRange& range);
    void say_written(const std::filesystem::path& path);
    void say_not_written(const QString& title, const Error& error, std::function<void()> retry);

    // main_window_workspaces.cpp: where docks stand, by the kind of work
    struct DockArea;
    std::vector<DockArea> areas_of(Workspace workspace) const;
    static std::vector<DockArea> in_one_column(std::vector<DockArea> areas);
    void lay_out_docks(Workspace workspace);  ///< the default places, for the size that the window has now
    void connect_workspaces();
    void choose_workspace(Workspace workspace);
    void show_workspace(Workspace workspace);
    void keep_workspaces();

    // main_window_layout.cpp: layouts, presentation, the last session
    void connect_layout_commands();
    void dock_all();
    void fill_layout_menu();
    void save_layout();
    void restore_layout(const QByteArray& state);
    void delete_layout(const QString& name);
    void set_presentation(bool is_on);
    void say_how_to_end_presentation();
    void keep_session() const;
    DockTheme dock_theme() const;

    // main_window_time.cpp: the timeline, the range, playing
    void connect_time_commands();
    void refresh_timeline();
    void refresh_time_commands();

    // main_window_find.cpp: the Find dock, places in the palette, going back
    void connect_find_commands();
    void show_find();
    void find(const QString& typed);
    void pause_on(const FindQuery& query);
    void go_to_hit(std::size_t position);
    std::optional<std::pair<std::size_t, std::size_t>> expert_in_question() const;  // layer and expert
    std::vector<PaletteEntry> places(const QString& typed);
    void refresh_find();
    void refresh_find_commands();

    // main_window_closing.cpp: the end, and the question before notes would be lost
    struct LossQuestion;
    bool may_lose(RunKey::Source source, const std::function<void()>& then);
    void ask_about_notes(RunKey::Source source, const std::function<void()>& then);
    void ask_before_loss(const LossQuestion& question, const std::function<void()>& then);
    void go_on_if_recorded();

    // main_window_notes.cpp: notes on tokens
    void connect_notes();
    void refresh_notes();
    QString place_of_note(const render::CellRef& cell, const TraceShape& shape) const;

    // main_window_undo.cpp: what can be undone
    void connect_undo();
    void refresh_undo_commands();
    void show_edit_menu_for(QWidget* focus);
    void keep_picture_change(const PictureOptions& options);
    void keep_note_change(const NoteChange& change);
    void keep_choices(QComboBox* combo, const QString& name, const std::function<void(int)>& choose);
    void keep_switch(QAction* action);
    void rename_run(RunKey key, const QString& name);
    void delete_run(RunKey key);

    // main_window_refresh.cpp: from the state to the widgets
    void refresh();
    void refresh_picture();
    void refresh_prompt();
    void refresh_router();
    void refresh_path();
    PathModel path_model();
    void refresh_runs();
    void refresh_commands();
    void refresh_status();
    TokenTextModel text_model() const;
    QString selection_words() const;
    void bring_selection_into_view();

    // main_window_analysis.cpp: the docks that analyse the shown run
    RunView run_view() const;
    void refresh_analysis();
    void refresh_compare();
    void refresh_difference();
    QAction* step_to_second_run() const;
    void choose_some_expert();
    void show_difference();
    void connect_analysis();
    bool is_analysis_settled() const;

    Options options_;
    AppController controller_;
    NoteBook notes_;
    NotesByToken noted_;  ///< of the shown run
    MarginWatch margins_;
    CommandList* commands_;
    PictureView* picture_;
    StartPage* start_page_;
    ToolBar* tool_bar_;
    ErrorBanner* banner_;
    StatusBar* status_bar_;
    CommandPalette* palette_;
    SearchField* search_field_;
    PromptDock* prompt_dock_ = nullptr;
    TokenTextDock* text_dock_ = nullptr;
    NextTokenDock* next_token_dock_ = nullptr;
    RouterDock* router_dock_ = nullptr;
    PathDock* path_dock_ = nullptr;
    RunsDock* runs_dock_ = nullptr;
    BalanceDock* balance_dock_ = nullptr;
    ExpertDock* expert_dock_ = nullptr;
    MatricesDock* matrices_dock_ = nullptr;
    CompareDock* compare_dock_ = nullptr;
    DifferenceDock* difference_dock_ = nullptr;
    TimelineDock* timeline_dock_ = nullptr;
    NotesDock* notes_dock_ = nullptr;
    FindDock* find_dock_ = nullptr;
    ThemeChoice theme_choice_ = ThemeChoice::System;
    UndoStack undo_;
    PictureOptions known_options_;            ///< of the picture, as last told
    LayoutWatch* layout_watch_ = nullptr;
    std::optional<TextField> edited_field_;   ///< that the open Edit menu is about
    QPointer<QWidget> focus_before_menu_;
    QMenu* edit_menu_ = nullptr;
    QMenu* layout_menu_ = nullptr;
    Workspace workspace_ = Workspace::Live;
    std::map<Workspace, QByteArray> workspace_states_;  ///< of those that are not shown
    bool is_presenting_ = false;
    QByteArray layout_before_presentation_;
    Qt::WindowStates window_before_presentation_;
    bool was_shown_ = false;
    bool fell_back_ = false;     ///< to the embedded model, once
    bool keeps_banner_ = false;  ///< over the next model that opens
    std::uint64_t pictured_trace_ = 0;  ///< the last one in the picture, as AppState numbers them
    bool gives_up_ = false;  ///< what no file has
    std::function<void()> when_recorded_;  ///< what waits until a recording has the runs and the notes
};

}  // namespace moe::app
