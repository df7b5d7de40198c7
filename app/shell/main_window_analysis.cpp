// The docks that analyse the shown run: what they are given and what they ask for.
#include "app/shell/main_window.h"

#include <algorithm>
#include <utility>

namespace moe::app {

RunView MainWindow::run_view() const {
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    if (run == nullptr || !run->snapshot.has_shape()) return {};
    RunView view{.identity = reinterpret_cast<std::uintptr_t>(run->store.get()),
                 .trace = run->snapshot,
                 .first_visible = 0,
                 .end_visible = 0,
                 .range = state.range,
                 .token = state.selection.token,
                 .layer = state.selection.layer.value_or(0),
                 .expert = state.selection.expert};
    const std::size_t n_routed = view.trace.n_routed();
    const auto visible =
        picture_->visible_tokens().value_or(std::pair<std::size_t, std::size_t>{0, n_routed});
    view.end_visible = std::min(visible.second, n_routed);
    view.first_visible = std::min(visible.first, view.end_visible);
    return view;
}

void MainWindow::refresh_analysis() {
    const RunView view = run_view();
    balance_dock_->set_model(view);
    expert_dock_->set_model(view);
    matrices_dock_->set_model(view);
    refresh_compare();
}

void MainWindow::refresh_compare() {
    const AppState& state = controller_.state();
    std::vector<ComparedRun> runs;
    for (const auto& [key, run] : state.runs) {
        runs.push_back({.key = key,
                        .name = run.name,
                        .parent = run.parent,
                        .identity = reinterpret_cast<std::uintptr_t>(run.store.get()),
                        .trace = run.snapshot,
                        .share_read = {},
                        .unreadable = run.unreadable,
                        .is_left_unread = run.is_left_unread});
        if (state.beside.run == key) runs.back().share_read = state.beside.share;
    }
    compare_dock_->set_next_step(step_to_second_run());
    compare_dock_->set_runs(std::move(runs), state.shown);
    refresh_difference();
}

/// The command that makes another run to compare with: a branch of the shown one, else a run of the prompt.
QAction* MainWindow::step_to_second_run() const {
    const AppState& state = controller_.state();
    const bool can_branch = state.shown_run() != nullptr && !state.shows_trace();
    if (can_branch) return commands_->action(CommandId::ContinueFromHere);
    return commands_->action(state.model ? CommandId::Run : CommandId::OpenModel);
}

void MainWindow::refresh_difference() {
    if (!difference_dock_->is_seen()) return;
    const ComparedRun* a = compare_dock_->run_a();
    const ComparedRun* b = compare_dock_->run_b();
    const bool has_both = a != nullptr && b != nullptr && controller_.state().runs.size() >= 2;
    if (!has_both || !why_not_compare(*a).isEmpty() || !why_not_compare(*b).isEmpty())
        return difference_dock_->set_absent(compare_dock_->note()->model());
    if (!a->trace.has_shape() || !b->trace.has_shape() || a->trace.shape() != b->trace.shape())
        return difference_dock_->set_absent(
            {.text = tr("The runs have other layers or experts: only their texts can be compared."),
             .step = commands_->action(CommandId::ShowCompare)->text().remove(u'&'),
             .hint = commands_->action(CommandId::ShowCompare)->toolTip()});
    const RunComparison& comparison = compare_dock_->comparison();
    ComparePair pair{.a = a->trace, .b = b->trace, .compared = {}};
    pair.compared.name_a = a->name.toStdString();
    pair.compared.name_b = b->name.toStdString();
    if (comparison.first_different_route)
        pair.compared.first_different_route = comparison.first_different_route->position;
    pair.compared.first_different_token = comparison.first_different_token;
    pair.compared.end_of_a = comparison.end_of_a;
    pair.compared.end_of_b = comparison.end_of_b;
    pair.compared.selected_token = controller_.state().selection.token;
    pair.compared.selected_layer = controller_.state().selection.layer;
    difference_dock_->set_pair(pair);
    refresh_export_commands();
}

// The favourite of the selected token, so that the page is not empty.
void MainWindow::choose_some_expert() {
    if (controller_.state().selection.expert) return;
    if (const auto expert = expert_in_question())
        controller_.select({.token = {}, .layer = expert->first, .expert = expert->second});
}

// Where it is not seen its place is that of a timeline, too low for it.
void MainWindow::show_difference() {
    if (!difference_dock_->is_seen()) choose_workspace(Workspace::Compare);
    difference_dock_->bring_forward();
    const std::optional<std::size_t> token = controller_.state().selection.token;
    if (token) difference_dock_->view()->scroll_to(*token);
}

void MainWindow::connect_analysis() {
    const auto choose_layer = [this](std::size_t layer) {
        controller_.select({.token = {}, .layer = layer, .expert = {}});
    };
    connect(balance_dock_, &BalanceDock::layer_chosen, &controller_, choose_layer);
    connect(matrices_dock_, &MatricesDock::layer_chosen, &controller_, choose_layer);
    connect(matrices_dock_, &MatricesDock::token_chosen, &controller_, &AppController::select_token);
    connect(expert_dock_, &ExpertDock::token_chosen, &controller_, [this](std::size_t position) {
        const std::optional<std::size_t> expert = controller_.state().selection.expert;
        controller_.select_token(position);
        controller_.select({.token = position, .layer = {}, .expert = expert});  // the card stays
    });
    const auto choose_expert = [this](std::size_t layer, std::size_t expert) {
        controller_.select({.token = {}, .layer = layer, .expert = expert});
    };
    connect(expert_dock_, &ExpertDock::expert_chosen, &controller_, choose_expert);
    connect(balance_dock_, &BalanceDock::expert_chosen, &controller_, choose_expert);
    connect(compare_dock_, &CompareDock::place_chosen, &controller_,
            [this](RunKey run, std::size_t position, std::optional<std::size_t> layer) {
                controller_.show_run(run);
                controller_.select({.token = {}, .layer = layer, .expert = {}});
                controller_.select_token(position);
            });
    connect(compare_dock_, &CompareDock::difference_requested, this, &MainWindow::show_difference);
    connect(difference_dock_->note(), &StepNote::step_requested, compare_dock_, [this] {
        const bool is_ready = compare_dock_->note()->model().step.isEmpty();
        is_ready ? compare_dock_->bring_forward() : compare_dock_->take_next_step();
    });
    connect(compare_dock_, &CompareDock::run_wanted, &controller_, &AppController::read_beside);
    connect(compare_dock_, &CompareDock::reading_given_up, &controller_, &AppController::stop_beside);
    connect(compare_dock_, &CompareDock::compared, &controller_, [this] { refresh_difference(); });
    connect(difference_dock_, &QDockWidget::visibilityChanged, &controller_, [this](bool is_visible) {
        compare_dock_->set_serves_others(is_visible);
        refresh_difference();
    });
    connect(difference_dock_->view(), &CompareView::place_chosen, &controller_,
            [this](render::CompareBlock block, std::size_t position, std::optional<std::size_t> layer,
                   std::optional<std::size_t> expert) {
                const bool is_a = block == render::CompareBlock::A ||
                                  position >= compare_dock_->comparison().n_tokens_b;
                const ComparedRun* run = is_a ? compare_dock_->run_a() : compare_dock_->run_b();
                if (run == nullptr) return;
                controller_.show_run(run->key);
                controller_.select_token(position);
                controller_.select({.token = position, .layer = layer, .expert = expert});
            });
    connect(runs_dock_, &RunsDock::run_renamed, this, &MainWindow::rename_run);
    connect(runs_dock_, &RunsDock::deletion_requested, this, &MainWindow::delete_run);
    connect(runs_dock_, &RunsDock::comparison_requested, this, [this](RunKey run) {
        compare_dock_->bring_forward();
        if (const auto& shown = controller_.state().shown) compare_dock_->choose(*shown, run);
    });
    commands_->on(CommandId::ShowRouter, [this] { router_dock_->bring_forward(); });
    commands_->on(CommandId::ShowPath, [this] { path_dock_->bring_forward(); });
    commands_->on(CommandId::ShowExpert, [this] {
        choose_some_expert();
        expert_dock_->bring_forward();
    });
    commands_->on(CommandId::ShowBalance, [this] { balance_dock_->bring_forward(); });
    commands_->on(CommandId::ShowLayerMap, [this] { balance_dock_->show_map(); });
    commands_->on(CommandId::ShowMatrices, [this] { matrices_dock_->bring_forward(); });
    commands_->on(CommandId::ShowCompare, [this] { compare_dock_->bring_forward(); });
    commands_->on(CommandId::ShowCandidates, [this] { next_token_dock_->bring_forward(); });
    commands_->on(CommandId::ShowDifference, [this] { show_difference(); });
    commands_->on(CommandId::ShowArithmetic, [this] {
        router_dock_->bring_forward();
        router_dock_->arithmetic()->set_open(!router_dock_->arithmetic()->is_open());
    });
    connect(picture_, &PictureView::visible_tokens_changed, this, &MainWindow::refresh_analysis);
}

bool MainWindow::is_analysis_settled() const {
    return balance_dock_->is_settled() && expert_dock_->is_settled() && matrices_dock_->is_settled() &&
           compare_dock_->is_settled() && margins_.is_settled() && !path_dock_->view()->is_moving();
}

}  // namespace moe::app
