// Where docks stand by themselves, by the kind of work, and the change from one workspace to another.
#include <algorithm>

#include "app/shell/main_window.h"
#include "app/shell/settings.h"

namespace moe::app {

namespace {

constexpr int kNarrowWidth = 1440;
constexpr int kOneColumnWidth = 1000;  // of docks beside the picture
constexpr int kColumnWidth = 316;      // as on both sides, with two scroll bars
constexpr int kLeastPicture = 460;
constexpr int kLeastRight = 300;
constexpr int kLowHeight = 940;
constexpr int kHighHeight = 1000;
constexpr int kVeryLowHeight = 700;
constexpr int kNextTokenHeight = 146;
constexpr int kAroundDocks = 150;  // menus, bars, titles

}  // namespace

/// Docks along one side of the window.
struct MainWindow::DockArea {
    struct Group {
        std::vector<TitledDock*> tabs;    ///< the first one lies above
        int height = 0;                   ///< of an area that groups share
        std::vector<TitledDock*> closed = {};  ///< that stand among the tabs when they are opened
    };
    Qt::DockWidgetArea side;
    int size = 0;  ///< across the side
    std::vector<Group> groups;
};

std::vector<MainWindow::DockArea> MainWindow::areas_of(Workspace workspace) const {
    const bool is_narrow = width() < kNarrowWidth;
    const bool is_low = height() < kLowHeight;
    const int rest = height() - kAroundDocks;
    const int timeline_height = height() < kVeryLowHeight ? 128 : height() < kHighHeight ? 190 : 230;
    const int left = rest - timeline_height;
    const int prompt = prompt_dock_->needed_height();
    const int narrow_left = is_narrow ? 276 : 288;
    const int most_right = width() - narrow_left - kLeastPicture;
    const int wide_right = std::clamp(is_narrow ? 340 : 414, kLeastRight, std::max(kLeastRight, most_right));
    const DockArea timeline{Qt::BottomDockWidgetArea, timeline_height, {{{timeline_dock_}, 0, {difference_dock_}}}};
    switch (workspace) {
        case Workspace::Live: {
            if (width() < kOneColumnWidth) {
                return {{Qt::RightDockWidgetArea,
                         kColumnWidth,
                         {{{prompt_dock_, text_dock_, notes_dock_, next_token_dock_}, rest * 2 / 5},
                          {{router_dock_, expert_dock_, balance_dock_, matrices_dock_}, rest * 3 / 5}}},
                        {Qt::BottomDockWidgetArea,
                         height() < kVeryLowHeight ? 146 : 190,
                         {{{timeline_dock_, difference_dock_, path_dock_, runs_dock_, compare_dock_, find_dock_}}}}};
            }
            DockArea words{Qt::LeftDockWidgetArea, narrow_left, {{{prompt_dock_}, prompt}}};
            if (is_low) {
                words.groups.push_back({{text_dock_, notes_dock_, next_token_dock_}, left - prompt});
            } else {
                words.groups.push_back({{text_dock_, notes_dock_}, left - prompt - kNextTokenHeight});
                words.groups.push_back({{next_token_dock_}, kNextTokenHeight});
            }
            return {words,
                    {Qt::RightDockWidgetArea,
                     is_narrow ? 300 : 322,
                     {{{router_dock_, expert_dock_, balance_dock_, matrices_dock_}, rest * 2 / 3},
                      {{path_dock_, runs_dock_, compare_dock_, find_dock_}, rest / 3}}},
                    {Qt::BottomDockWidgetArea, timeline_height, {{{timeline_dock_, difference_dock_}}}}};
        }
        case Workspace::Balance:
            return {{Qt::LeftDockWidgetArea,
                     narrow_left,
                     {{{text_dock_, notes_dock_}, left * 3 / 5, {prompt_dock_, next_token_dock_}},
                      {{runs_dock_, find_dock_}, left * 2 / 5, {compare_dock_}}}},
                    {Qt::RightDockWidgetArea,
                     wide_right,
                     {{{balance_dock_, router_dock_, expert_dock_}, 0, {matrices_dock_, path_dock_}}}},
                    timeline};
        case Workspace::Experts:
            return {{Qt::LeftDockWidgetArea,
                     narrow_left,
                     {{{text_dock_, notes_dock_}, left * 3 / 5, {prompt_dock_, next_token_dock_}},
                      {{find_dock_, runs_dock_}, left * 2 / 5, {compare_dock_}}}},
                    {Qt::RightDockWidgetArea,
                     wide_right,
                     {{{expert_dock_, router_dock_, matrices_dock_}, rest * 2 / 3, {balance_dock_}},
                      {{path_dock_}, rest / 3}}},
                    timeline};
        case Workspace::Matrices:
            return {{Qt::LeftDockWidgetArea,
                     narrow_left,
                     {{{text_dock_, notes_dock_}, left, {prompt_dock_, next_token_dock_, runs_dock_, find_dock_}}}},
                    {Qt::RightDockWidgetArea,
                     std::clamp(width() * 2 / 5, kLeastRight, std::max(kLeastRight, most_right)),
                     {{{matrices_dock_, expert_dock_, balance_dock_}, 0, {router_dock_, path_dock_, compare_dock_}}}},
                    timeline};
        case Workspace::Compare:
            return {{Qt::LeftDockWidgetArea,
                     narrow_left,
                     {{{}, 0, {text_dock_, notes_dock_, prompt_dock_, next_token_dock_}}}},
                    {Qt::RightDockWidgetArea,
                     is_narrow ? 300 : 322,
                     {{{compare_dock_, router_dock_, path_dock_, runs_dock_},
                       0,
                       {find_dock_, expert_dock_, balance_dock_, matrices_dock_}}}},
                    {Qt::BottomDockWidgetArea, rest * 3 / 5, {{{difference_dock_, timeline_dock_}}}}};
    }
    return {};
}

// Beside the picture is room for what the workspace is for; the left docks wait to be opened behind that.
std::vector<MainWindow::DockArea> MainWindow::in_one_column(std::vector<DockArea> areas) {
    const DockArea left = areas.front();
    areas.erase(areas.begin());
    DockArea& right = areas.front();
    right.size = kColumnWidth;
    std::vector<TitledDock*>& closed = right.groups.front().closed;
    for (const DockArea::Group& group : left.groups) {
        closed.insert(closed.end(), group.tabs.begin(), group.tabs.end());
        closed.insert(closed.end(), group.closed.begin(), group.closed.end());
    }
    return areas;
}

void MainWindow::lay_out_docks(Workspace workspace) {
    dock_all();
    for (TitledDock* dock : docks()) removeDockWidget(dock);
    std::vector<DockArea> areas = areas_of(workspace);
    if (width() < kOneColumnWidth && areas.front().side == Qt::LeftDockWidgetArea) areas = in_one_column(areas);
    std::vector<TitledDock*> shown;
    for (const DockArea& area : areas) {
        for (const DockArea::Group& group : area.groups) {
            TitledDock* before = nullptr;
            for (const std::vector<TitledDock*>& part : {group.tabs, group.closed}) {
                for (TitledDock* dock : part) {
                    addDockWidget(area.side, dock);
                    if (before != nullptr) tabifyDockWidget(before, dock);
                    before = dock;
                }
            }
            shown.insert(shown.end(), group.tabs.begin(), group.tabs.end());
        }
    }
    for (TitledDock* dock : docks()) dock->setVisible(std::ranges::find(shown, dock) != shown.end());
    for (const DockArea& area : areas) {
        QList<QDockWidget*> above;
        QList<int> heights;
        for (const DockArea::Group& group : area.groups) {
            if (group.tabs.empty()) continue;
            group.tabs.front()->raise();
            above << group.tabs.front();
            heights << group.height;
        }
        if (above.isEmpty()) continue;
        const bool is_bottom = area.side == Qt::BottomDockWidgetArea;
        resizeDocks({above.front()}, {area.size}, is_bottom ? Qt::Vertical : Qt::Horizontal);
        if (above.size() > 1) resizeDocks(above, heights, Qt::Vertical);
    }
}

void MainWindow::connect_workspaces() {
    for (const Workspace workspace : kWorkspaces)
        commands_->on(command_of(workspace), [this, workspace] { choose_workspace(workspace); });
}

void MainWindow::choose_workspace(Workspace workspace) {
    if (is_presenting_) set_presentation(false);
    const Workspace before = workspace_;
    if (workspace == Workspace::Experts) choose_some_expert();
    if (workspace == before) return;
    show_workspace(workspace);
    undo_.push({.name = tr("Workspace %1").arg(title_of(workspace)),
                .undo = [this, before] { show_workspace(before); },
                .redo = [this, workspace] { show_workspace(workspace); }});
}

// In the state in which it was left, in this session or before.
void MainWindow::show_workspace(Workspace workspace) {
    if (is_presenting_) set_presentation(false);
    layout_watch_->pause();
    workspace_states_[workspace_] = saveState(kLayoutVersion);
    workspace_ = workspace;
    QByteArray state = workspace_states_[workspace];
    if (state.isEmpty() && options_.remembers_layout) state = settings::workspace_state(key_of(workspace));
    lay_out_docks(workspace);
    if (!state.isEmpty()) restore_layout(state);
    commands_->action(command_of(workspace))->setChecked(true);
    layout_watch_->accept();
    refresh();
}

void MainWindow::keep_workspaces() {
    settings::set_workspace(key_of(workspace_));
    workspace_states_[workspace_] = saveState(kLayoutVersion);
    for (const auto& [workspace, state] : workspace_states_) settings::set_workspace_state(key_of(workspace), state);
}

}  // namespace moe::app
