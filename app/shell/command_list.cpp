#include "app/shell/command_list.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QWidget>

#include "app/shell/icons.h"
#include "engine/base/check.h"

namespace moe::app {

namespace {

using enum CommandId;
using Kind = CommandInfo::Kind;

QString translated(const char* text) { return QCoreApplication::translate("CommandList", text); }

const CommandInfo& info_of(CommandId id) {
    for (const CommandInfo& info : all_commands()) {
        if (info.id == id) return info;
    }
    MOE_CHECK(false);
}

QList<QKeySequence> sequences(const char* keys) {
    QList<QKeySequence> list;
    for (const QString& keys_of_one : QString::fromLatin1(keys).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        list << QKeySequence::fromString(keys_of_one, QKeySequence::PortableText);
    }
    return list;
}

QString tooltip(const CommandInfo& info) {
    const QList<QKeySequence> keys = sequences(info.keys);
    const QString help = translated(info.help);
    return keys.isEmpty()
               ? help
               : QStringLiteral("%1 (%2)").arg(help, keys.front().toString(QKeySequence::NativeText));
}

/// Of the commands of one group a single one is on. 0: it is in none.
int group_of(const CommandInfo& info) {
    if (info.id == ThemeSystem || info.id == ThemeDark || info.id == ThemeLight) return 1;
    if (speed_of(info.id)) return 2;
    return info.menu == CommandMenu::Workspace ? 3 : 0;
}

}  // namespace

const std::vector<CommandInfo>& all_commands() {
    using Menu = CommandMenu;
    static const std::vector<CommandInfo> commands{
        {OpenFile, Menu::File, "&Open…", "Ctrl+O", "Opens a model (*.gguf) or a trace (*.moetrace)", "file"},
        {OpenModel, Menu::File, "Open a &model…", "", "Opens a model in place of the present one", "layers"},
        {OpenTrace, Menu::File, "Open a &trace…", "", "Opens a recorded trace to read", "file"},
        {OpenEmbedded, Menu::File, "Open the em&bedded model", "", "The small teaching model that comes with the program",
         "layers"},
        {Record, Menu::File, "&Record…", "Ctrl+R",
         "Records every run of this session to a trace file from now on", "record", Kind::BeginsGroup},
        {SavePicture, Menu::File, "&Save picture…", "Ctrl+S", "Saves the picture as it is shown", "frame"},
        {SavePath, Menu::File, "Save the pat&h…", "", "Saves the selected token's path as .png or .svg"},
        {SaveDifference, Menu::File, "Save the &difference…", "",
         "Saves the two runs side by side as .png or .svg"},
        {ExportVisible, Menu::File, "&Export visible tokens…", "Ctrl+Shift+S",
         "Writes the numbers of the tokens in view as .csv, .npz, .safetensors or .moetrace", "",
         Kind::BeginsGroup},
        {ExportRange, Menu::File, "Export the ran&ge…", "", "The same of the selected range"},
        {ExportRun, Menu::File, "Export the r&un…", "", "The same of the whole run"},
        {Quit, Menu::File, "&Quit", "Ctrl+Q", "Closes the window; a recording is finished first", "",
         Kind::BeginsGroup},

        {Undo, Menu::Edit, "&Undo", "Ctrl+Z",
         "Takes back the last change of the picture, a note, a run or the layout; in a field, of its text",
         "undo"},
        {Redo, Menu::Edit, "&Redo", "Ctrl+Shift+Z Ctrl+Y", "Makes again what was undone last", "redo"},
        {CopySelection, Menu::Edit, "&Copy selection in words", "Ctrl+Shift+C",
         "Copies the selected token's routing as a sentence", "copy", Kind::BeginsGroup},
        {GoToPrompt, Menu::Edit, "Edit the &prompt", "Ctrl+L", "Moves to the prompt editor"},
        {Preferences, Menu::Edit, "Pre&ferences…", "Ctrl+,", "Sets how the engine uses this machine", "",
         Kind::BeginsGroup},

        {ZoomIn, Menu::View, "Zoom &in", "+ Ctrl++ Ctrl+=", "Makes rows taller"},
        {ZoomOut, Menu::View, "Zoom &out", "- Ctrl+-", "Makes rows lower, then puts several tokens into one"},
        {WiderColumns, Menu::View, "&Wider columns", "Ctrl+Shift++", "Makes the experts' columns wider"},
        {NarrowerColumns, Menu::View, "&Narrower columns", "Ctrl+Shift+-",
         "Makes the experts' columns narrower"},
        {FitColumns, Menu::View, "&Fit columns", "Ctrl+0", "Shows all layers and experts across the width"},
        {Transpose, Menu::View, "Tr&anspose", "T",
         "Tokens run across and experts down, so that time goes to the right; or back", "", Kind::Checkable},
        {FrameSelection, Menu::View, "F&rame selection", "F",
         "Brings the selected token to the middle of the view", "frame"},
        {Follow, Menu::View, "Fo&llow the newest token", "Ctrl+E",
         "Keeps the newest row in view while tokens arrive", "follow", Kind::Checkable},
        {ThemeSystem, Menu::View, "Theme as the s&ystem", "", "Light or dark as the desktop was at the start",
         "", Kind::BeginsGroup},
        {ThemeDark, Menu::View, "&Dark theme", "", "Light text on dark"},
        {ThemeLight, Menu::View, "Li&ght theme", "", "Dark text on light"},
        {ShowFrameTime, Menu::View, "Frame &time", "Ctrl+Shift+F", "Shows how long the picture takes", "",
         Kind::BeginsGroup},
        {ReducedMotion, Menu::View, "Reduced &motion", "", "Scrolls and zooms at once, without movement", "",
         Kind::Checkable},

        {CommandId::Run, Menu::Run, "&Run the prompt", "Ctrl+Return Ctrl+Enter",
         "Starts a new run with the prompt and generates; in a chat, sends the message", "play"},
        {PlayPause, Menu::Run, "&Play or pause", "Space", "Generates until paused; pauses at the next token",
         "play"},
        {Replay, Menu::Run, "Pla&y what is recorded", "Shift+Space",
         "Moves the cursor through the tokens that are there, at the chosen speed", "play"},
        {StepForward, Menu::Run, "Step to the next &token", "Right",
         "Moves to the next token; at the live end generates one", "step_forward"},
        {StepBack, Menu::Run, "Step to the pre&vious token", "Left",
         "Moves to the token before; changes nothing", "step_back"},
        {FirstToken, Menu::Run, "F&irst token", "Home", "Moves to the first token", "to_start"},
        {LastToken, Menu::Run, "&Last token", "End", "Moves to the newest token and follows it"},
        {LayerUp, Menu::Run, "Layer &above", "Up", "Moves to the layer before"},
        {LayerDown, Menu::Run, "Layer &below", "Down", "Moves to the next layer"},
        {Chat, Menu::Run, "C&hat", "Ctrl+T",
         "The prompt is a message to the model, written as its chat format has it", "", Kind::Checkable},
        {ContinueFromHere, Menu::Run, "&Continue from here", "Ctrl+B",
         "Makes a branch after the selected token; the run that is there stays", "branch", Kind::BeginsGroup},
        {Cancel, Menu::Run, "Stop what is in work", "Esc",
         "Gives up a load, a prefill or a run that Compare reads, and returns to the view"},
        {Speed1, Menu::Run, "1 token a second", "1", "Generates one token a second", "", Kind::BeginsGroup},
        {Speed2, Menu::Run, "2 tokens a second", "2", "Generates two tokens a second"},
        {Speed4, Menu::Run, "4 tokens a second", "3", "Generates four tokens a second"},
        {Speed8, Menu::Run, "8 tokens a second", "4", "Generates eight tokens a second"},
        {Speed16, Menu::Run, "16 tokens a second", "5", "Generates sixteen tokens a second"},
        {Speed32, Menu::Run, "32 tokens a second", "6", "Generates thirty-two tokens a second"},
        {SpeedMax, Menu::Run, "As fast as it can", "0", "Generates as fast as the engine can"},

        {Find, Menu::Edit, "F&ind…", "Ctrl+F",
         "Finds tokens by text, position, id, expert, margin or entropy", "search", Kind::BeginsGroup},
        {NextHit, Menu::Edit, "&Next hit", "F3 Ctrl+G", "Goes to the next token that was found"},
        {PreviousHit, Menu::Edit, "Previous &hit", "Shift+F3 Ctrl+Shift+G", "Goes to the one before"},
        {NextSpike, Menu::Edit, "Next hidden spi&ke", "N",
         "Goes to the next cell of great weight that the folded mean or count hides"},
        {PreviousSpike, Menu::Edit, "Previou&s hidden spike", "Shift+N", "Goes to the one before"},
        {FindExpert, Menu::Edit, "Find where this e&xpert fires", "Ctrl+Shift+E",
         "Finds the tokens for which the selected expert, or the favourite, was chosen"},
        {PauseOnHit, Menu::Edit, "P&ause at a new hit", "Ctrl+Shift+B",
         "Generating pauses when a new token is what Find looks for", "pause", Kind::Checkable},
        {GoBack, Menu::Edit, "Go &back", "Alt+Left", "To the place where the cursor was before", "",
         Kind::BeginsGroup},
        {GoForward, Menu::Edit, "Go for&ward", "Alt+Right", "To the place that Go back left"},

        {AddNote, Menu::Edit, "Add a n&ote…", "Ctrl+M",
         "Writes a note on the selected token, or on its expert", "", Kind::BeginsGroup},

        {ExtendRangeForward, Menu::Edit, "Exten&d the range forward", "Shift+Right",
         "Moves to the next token and takes it into the range, or leaves the one before", "",
         Kind::BeginsGroup},
        {ExtendRangeBack, Menu::Edit, "Extend the range back", "Shift+Left", "The same, to the token before"},
        {BeginRange, Menu::Edit, "Range be&gins here", "[",
         "The range that lights every view begins with the selected token"},
        {EndRange, Menu::Edit, "Range &ends here", "]", "The range ends with the selected token"},
        {RangeFromView, Menu::Edit, "Range fro&m the view", "Ctrl+Shift+R",
         "The range is what the picture shows now"},
        {ClearRange, Menu::Edit, "Clear &the range", "Ctrl+Shift+Backspace", "All of the run counts again"},
        {LoopRange, Menu::Edit, "&Loop the range", "Ctrl+Shift+L",
         "Play goes through the recorded range again and again", "", Kind::Checkable},

        {ShowRouter, Menu::Window, "Show rou&ter", "Ctrl+1",
         "How the selected layer chose experts for the token"},
        {ShowArithmetic, Menu::Window, "Show the &arithmetic", "Ctrl+Shift+A",
         "From logits to weights step by step, with this token's numbers"},
        {ShowExpert, Menu::Window, "Show the &expert", "Ctrl+2",
         "What an expert fires on; find the expert that fires on a text"},
        {ShowBalance, Menu::Window, "Show &balance", "Ctrl+3", "How evenly experts are used, beside chance"},
        {ShowLayerMap, Menu::Window, "Sho&w the layer map", "Ctrl+9",
         "The loads of all layers and experts at once, over the range"},
        {ShowMatrices, Menu::Window, "Show &matrices", "Ctrl+4", "Which experts go together, and flow between layers"},
        {ShowCompare, Menu::Window, "Show &comparison", "Ctrl+5", "Two runs side by side"},
        {ShowPath, Menu::Window, "Show the &path", "Ctrl+6", "The selected token's way through the layers"},
        {ShowCandidates, Menu::Window, "Show candidates for the next to&ken", "Ctrl+8",
         "What the model would have said otherwise, at the selected token or next"},
        {ShowDifference, Menu::Window, "Show the &difference", "Ctrl+7",
         "Two runs row by row: A, B less A, B"},
        {NextPane, Menu::Window, "&Next pane", "F6", "Walks prompt, text, view and the other panes", "",
         Kind::BeginsGroup},
        {PreviousPane, Menu::Window, "Previo&us pane", "Shift+F6", "Walks the panes backwards"},
        {Presentation, Menu::Window, "Pre&sentation", "F11",
         "Only the picture and the text, in large type, for a projector; Esc ends it", "frame",
         Kind::Checkable},
        {WorkspaceLive, Menu::Workspace, "&Live", "Alt+1", "Watch a model write: prompt, text, router, path, timeline"},
        {WorkspaceBalance, Menu::Workspace, "&Balance", "Alt+2", "How evenly the experts are used, beside chance"},
        {WorkspaceExperts, Menu::Workspace, "&Experts", "Alt+3", "What an expert fires on, with the text beside it"},
        {WorkspaceMatrices, Menu::Workspace, "&Matrices", "Alt+4", "Which experts go together, as large as there is room"},
        {WorkspaceCompare, Menu::Workspace, "&Compare", "Alt+5", "Two runs row by row, and what differs"},
        {ResetLayout, Menu::Window, "&Reset layout", "", "Puts every dock of this workspace back to its place", "",
         Kind::BeginsGroup},
        {DockAll, Menu::Window, "Dock all floatin&g panes", "",
         "Puts every floating dock back into the window"},
        {SaveLayout, Menu::Window, "Save &layout…", "", "Keeps the places of the docks under a name"},

        {SearchCommands, Menu::Help, "&Search commands…", "Ctrl+K Ctrl+Shift+P",
         "Finds everything the window can do by a few letters", "search"},
        {ShowKeys, Menu::Help, "&Keys", "? F1", "Lists every command and its keys", "keyboard"},
        {Explain, Menu::Help, "&Explain what is shown", "Shift+F1",
         "Lists the numbers of the pane that has the focus with their formula, unit and source"},
        {About, Menu::Help, "&About MoEScope", "", "Says what this program is"},
    };
    return commands;
}

QList<QKeySequence> key_sequences(CommandId id) { return sequences(info_of(id).keys); }

std::optional<double> speed_of(CommandId id) {
    switch (id) {
        case Speed1:
            return 1;
        case Speed2:
            return 2;
        case Speed4:
            return 4;
        case Speed8:
            return 8;
        case Speed16:
            return 16;
        case Speed32:
            return 32;
        case SpeedMax:
            return 0;
        default:
            return std::nullopt;
    }
}

CommandId command_of_speed(double tokens_per_second) {
    for (const CommandId id : {Speed1, Speed2, Speed4, Speed8, Speed16, Speed32}) {
        if (speed_of(id) == tokens_per_second) return id;
    }
    return SpeedMax;
}

CommandList::CommandList(QWidget* window) : QObject(window) {
    std::map<int, QActionGroup*> groups;
    for (const CommandInfo& info : all_commands()) {
        auto* action = new QAction(translated(info.text), window);
        const QString name = translated(info.text).remove(QLatin1Char('&'));
        // Its name, whatever it is called later; docks are called as some workspaces are.
        action->setObjectName(info.menu == CommandMenu::Workspace ? QStringLiteral("Workspace: ") + name : name);
        action->setShortcuts(sequences(info.keys));
        action->setToolTip(tooltip(info));
        action->setWhatsThis(translated(info.help));
        action->setStatusTip({});
        action->setIconVisibleInMenu(false);  // few have one; a mark there says what is on
        const int group = group_of(info);
        action->setCheckable(info.kind == Kind::Checkable || group != 0 || info.id == Record ||
                             info.id == ShowFrameTime);
        if (group != 0) {
            QActionGroup*& actions = groups[group];
            if (actions == nullptr) actions = new QActionGroup(this);
            action->setActionGroup(actions);
        }
        window->addAction(action);
        actions_[info.id] = action;
    }
}

void CommandList::on(CommandId id, std::function<void()> handler) {
    connect(action(id), &QAction::triggered, this, [handler = std::move(handler)] { handler(); });
}

void CommandList::allow(CommandId id, bool is_allowed, const QString& reason) {
    action(id)->setEnabled(is_allowed);
    action(id)->setToolTip(is_allowed || reason.isEmpty() ? tooltip(info_of(id)) : reason);
}

void CommandList::set_icons(const QColor& color, const QColor& disabled) {
    for (const CommandInfo& info : all_commands()) {
        const QString name = QString::fromLatin1(info.icon);
        if (!name.isEmpty()) action(info.id)->setIcon(tinted_icon(name, color, disabled));
    }
}

}  // namespace moe::app
