// The range of tokens that lights every view, and playing what is recorded: AppController's part about time.
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/shell/app_controller.h"

namespace moe::app {

namespace {

constexpr double kFastestReplay = 60;  // tokens a second: more than a screen can show is not played

}  // namespace

void AppController::replay_or_pause() {
    if (state_.is_replaying) return stop_replay();
    if (state_.is_generating()) post(Pause{}, {});
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || run->snapshot.n_tokens() == 0) return;
    const bool is_at_end = state_.selection.token && *state_.selection.token + 1 >= run->snapshot.n_tokens();
    if (is_at_end && !state_.loops) select_first();  // as every player does
    start_replay();
}

void AppController::start_replay() {
    state_.is_replaying = true;
    const double speed = state_.speed > 0 ? std::min(state_.speed, kFastestReplay) : kFastestReplay;
    replay_timer_.start(static_cast<int>(std::lround(1000.0 / speed)));
    touch();
}

void AppController::stop_replay() {
    if (!state_.is_replaying) return;
    state_.is_replaying = false;
    replay_timer_.stop();
    touch();
}

void AppController::replay_one() {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr) return stop_replay();
    const std::size_t next = state_.selection.token ? *state_.selection.token + 1 : 0;
    if (state_.loops) {
        const TokenRange loop =
            state_.range.value_or(TokenRange{.first = 0, .end = run->snapshot.n_tokens()});
        return select_token(loop.first <= next && next < loop.end ? next : loop.first);
    }
    if (next >= run->snapshot.n_tokens()) return stop_replay();
    select_token(next);
}

void AppController::set_range(const TokenRange& range) {
    if (state_.range == range) return;
    state_.range = range;
    keep_selection_inside();
    touch();
}

void AppController::extend_range(int direction) {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || !state_.selection.token) return;
    const std::size_t cursor = *state_.selection.token;
    const bool is_possible = direction > 0 ? cursor + 1 < run->snapshot.n_tokens() : cursor > 0;
    const std::size_t next = !is_possible ? cursor : direction > 0 ? cursor + 1 : cursor - 1;
    std::size_t anchor = cursor;
    if (const std::optional<TokenRange>& range = state_.range) {
        if (cursor == range->first) {
            anchor = range->end - 1;
        } else if (cursor + 1 == range->end) {
            anchor = range->first;
        }
    }
    select_token(next);
    set_range({.first = std::min(anchor, next), .end = std::max(anchor, next) + 1});
}

void AppController::begin_range_here() {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || !state_.selection.token) return;
    const std::size_t first = *state_.selection.token;
    const std::size_t end = state_.range ? state_.range->end : run->snapshot.n_tokens();
    set_range({.first = first, .end = std::max(end, first + 1)});
}

void AppController::end_range_here() {
    if (!state_.selection.token) return;
    const std::size_t end = *state_.selection.token + 1;
    set_range({.first = std::min(state_.range ? state_.range->first : 0, end - 1), .end = end});
}

void AppController::clear_range() {
    state_.range.reset();
    touch();
}

void AppController::set_loops(bool loops) {
    state_.loops = loops;
    touch();
}

void AppController::set_pause_rule(const std::optional<FindQuery>& rule) {
    state_.pause_rule = rule && rule->finds_tokens() ? rule : std::nullopt;
    state_.paused_at.reset();
    if (const RunEntry* run = state_.shown_run()) n_judged_ = run->snapshot.n_routed();
    touch();
}

// A run may be some tokens ahead when it hears of the pause; they stay, and the cursor shows which one it
// was.
void AppController::judge_new_tokens(const RunEntry& run) {
    const std::size_t first = std::exchange(n_judged_, std::max(n_judged_, run.snapshot.n_routed()));
    if (!state_.pause_rule || run.state != RunState::Running) return;
    for (std::size_t position = first; position < n_judged_; ++position) {
        const bool is_new = run.snapshot.token(position).phase == Phase::Decode;
        if (!is_new || !matches(*state_.pause_rule, run.snapshot, position)) continue;
        post(Pause{}, {});
        select_token(position);
        state_.paused_at = position;
        return Q_EMIT paused_by_rule(position);
    }
}

}  // namespace moe::app
