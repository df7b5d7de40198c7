// The docks that analyse the shown run: what they are given and what they ask for.
#include "app/shell/main_window.h"

namespace moe::app {

RunView MainWindow::run_view() const {
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    if (run == nullptr || !run->snapshot.has_shape()) return {};
    RunView view{.identity = reinterpret_cast<std::uintptr_t>(run->store.get()),
                 .trace = run->snapshot,
                 .first_visible = 0,
                 .end_visible = 0,
                 .token = state.selection.token,
                 .layer = state.selection.layer.value_or(0),
                 .expert = state.selection.expert};
    const std::size_t n_routed = view.trace.n_routed();
    const auto visible = picture_->visible_tokens().value_or(std::pair<std::size_t, std::size_t>{0, n_routed});
    view.end_visible = std::min(visible.second, n_routed);
    view.first_visible = std::min(visible.first, view.end_visible);
    return view;
}

void MainWindow::refresh_analysis() {
    const RunView view = run_view();
    balance_dock_->set_model(view);
}

void MainWindow::connect_analysis() {
    const auto choose_layer = [this](std::size_t layer) {
        controller_.select({.token = {}, .layer = layer, .expert = {}});
    };
    connect(balance_dock_, &BalanceDock::layer_chosen, &controller_, choose_layer);
    connect(picture_, &PictureView::visible_tokens_changed, this, &MainWindow::refresh_analysis);
}

bool MainWindow::is_analysis_settled() const { return balance_dock_->is_settled(); }

}  // namespace moe::app
