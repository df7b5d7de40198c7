#pragma once

#include <QAction>
#include <QKeySequence>
#include <QObject>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace moe::app {

/// Every command of the window. Menus, keys, tool bar and the list of keys are made from one table.
enum class CommandId {
    OpenFile,
    OpenModel,
    OpenTrace,
    OpenEmbedded,
    Record,
    SavePicture,
    SavePath,
    SaveDifference,
    ExportVisible,
    ExportRange,
    ExportRun,
    Quit,
    Undo,
    Redo,
    CopySelection,
    GoToPrompt,
    Preferences,
    Run,
    PlayPause,
    StepForward,
    StepBack,
    Chat,
    ContinueFromHere,
    Cancel,
    FirstToken,
    LastToken,
    LayerUp,
    LayerDown,
    FrameSelection,
    Follow,
    ZoomIn,
    ZoomOut,
    WiderColumns,
    NarrowerColumns,
    FitColumns,
    Transpose,
    WorkspaceLive,
    WorkspaceBalance,
    WorkspaceExperts,
    WorkspaceMatrices,
    WorkspaceCompare,
    ResetLayout,
    DockAll,
    ThemeSystem,
    ThemeDark,
    ThemeLight,
    ShowFrameTime,
    ReducedMotion,
    Speed1,
    Speed2,
    Speed4,
    Speed8,
    Speed16,
    Speed32,
    SpeedMax,
    ShowRouter,
    ShowArithmetic,
    ShowPath,
    ShowExpert,
    ShowBalance,
    ShowLayerMap,
    ShowMatrices,
    ShowCompare,
    ShowDifference,
    ShowCandidates,
    Presentation,
    SaveLayout,
    Find,
    NextHit,
    PreviousHit,
    NextSpike,
    PreviousSpike,
    FindExpert,
    PauseOnHit,
    AddNote,
    GoBack,
    GoForward,
    Replay,
    ExtendRangeForward,
    ExtendRangeBack,
    BeginRange,
    EndRange,
    RangeFromView,
    ClearRange,
    LoopRange,
    SearchCommands,
    NextPane,
    PreviousPane,
    ShowKeys,
    Explain,
    About,
};

/// Where a command stands in the menu bar.
enum class CommandMenu { File, Edit, View, Run, Window, Workspace, Help, None };

struct CommandInfo {
    CommandId id;
    CommandMenu menu;
    const char* text;       ///< with its mnemonic, as in a menu
    const char* keys;       ///< portable key sequences, separated by a space; may be empty
    const char* help;       ///< what it does, one sentence
    const char* icon = "";  ///< of assets/icons
    enum class Kind {
        Plain,
        Checkable,
        BeginsGroup
    } kind = Kind::Plain;  ///< a separator stands before a group
};

/// The table, in menu order.
const std::vector<CommandInfo>& all_commands();

/// The keys of a command, the first one being shown in the menus.
QList<QKeySequence> key_sequences(CommandId id);

/// The speed that a command chooses, tokens a second; 0 is as fast as the engine can. Nothing for a
/// command that is not about speed.
std::optional<double> speed_of(CommandId id);
/// The command of a speed; SpeedMax for one that is not in the list.
CommandId command_of_speed(double tokens_per_second);

/// The commands as actions.
class CommandList : public QObject {
    Q_OBJECT
  public:
    explicit CommandList(QWidget* window);

    QAction* action(CommandId id) const { return actions_.at(id); }
    void on(CommandId id, std::function<void()> handler);
    /// Enables it, or disables it with a reason that its tooltip says.
    void allow(CommandId id, bool is_allowed, const QString& reason = {});
    void set_icons(const QColor& color, const QColor& disabled);

  private:
    std::map<CommandId, QAction*> actions_;
};

}  // namespace moe::app
