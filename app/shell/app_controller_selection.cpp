// Where the cursor stands: AppController's part about selection.
#include <algorithm>
#include <utility>

#include "app/shell/app_controller.h"

namespace moe::app {

namespace {

std::optional<TokenRange> inside(TokenRange range, std::size_t n_tokens) {
    range.end = std::min(range.end, n_tokens);
    return range.first < range.end ? std::optional(range) : std::nullopt;
}

}  // namespace

RunEntry* AppController::shown_run() {
    if (!state_.shown) return nullptr;
    const auto found = state_.runs.find(*state_.shown);
    return found == state_.runs.end() ? nullptr : &found->second;
}

bool AppController::cursor_rides() const {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || !state_.selection.token) return true;
    return *state_.selection.token + 1 >= run->snapshot.n_tokens();
}

void AppController::keep_selection_inside() {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || run->snapshot.n_tokens() == 0) {
        state_.selection.token.reset();
        state_.range.reset();
        return;
    }
    if (state_.range) state_.range = inside(*state_.range, run->snapshot.n_tokens());
    const std::size_t last_token = run->snapshot.n_tokens() - 1;
    state_.selection.token = std::min(state_.selection.token.value_or(last_token), last_token);
    if (!run->snapshot.has_shape()) return;
    const TraceShape& shape = run->snapshot.shape();
    if (shape.n_layers == 0) state_.selection.layer.reset();  // a dense model's trace has tokens only
    else state_.selection.layer = std::min(state_.selection.layer.value_or(0), shape.n_layers - 1);
    if (state_.selection.expert && *state_.selection.expert >= shape.n_experts)
        state_.selection.expert.reset();
}

void AppController::select(const render::CellRef& cell) {
    remember_place();
    if (cell.token) state_.selection.token = cell.token;
    if (cell.layer) state_.selection.layer = cell.layer;
    state_.selection.expert = cell.expert;
    keep_selection_inside();
    remember_place();
    touch();
}

void AppController::select_token(std::size_t position) {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || position >= run->snapshot.n_tokens()) return;
    const bool is_last = position + 1 == run->snapshot.n_tokens();
    if (!is_last) state_.follows = false;
    select({.token = position, .layer = {}, .expert = {}});
    Q_EMIT selection_moved();
}

void AppController::scrub_to(std::size_t position) {
    const bool was_travelling = std::exchange(is_travelling_, true);  // the way is no place to come back to
    select_token(position);
    is_travelling_ = was_travelling;
}

void AppController::step_back() {
    if (state_.selection.token && *state_.selection.token > 0) select_token(*state_.selection.token - 1);
}

void AppController::select_first() { select_token(0); }

void AppController::select_last() {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || run->snapshot.n_tokens() == 0) return;
    state_.follows = true;
    select_token(run->snapshot.n_tokens() - 1);
}

void AppController::move_layer(int by) {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || !run->snapshot.has_shape() || run->snapshot.shape().n_layers == 0) return;
    const auto last = static_cast<std::ptrdiff_t>(run->snapshot.shape().n_layers) - 1;
    const auto layer = static_cast<std::ptrdiff_t>(state_.selection.layer.value_or(0)) + by;
    select({.token = {},
            .layer = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(layer, 0, last)),
            .expert = {}});
    Q_EMIT selection_moved();
}

void AppController::set_follows(bool follows) {
    if (follows == state_.follows) return;
    state_.follows = follows;
    touch();
}

}  // namespace moe::app
