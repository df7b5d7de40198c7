#include "engine/worker/worker_engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace moe {
namespace {

/// Slower than one token in a day is a pause.
constexpr double kSlowestTokensPerSecond = 1.0 / 86400;

}  // namespace

Result<void> WorkerEngine::handle(const Step& command) {
    if (command.after != 0 && command.after == failed_beginning_) return cancelled_error();
    if (has_nothing_to_do(command.after, command.ignore_end)) return {};
    MOE_TRY(Run* const run, run_with_room(command.ignore_end));
    if (work_->is_called_off(request_)) return {};
    if (command.n_tokens > 1) set_state(RunState::Running);
    speed_.restart();
    Result<void> result;
    for (std::size_t step = 0; step < command.n_tokens; ++step) {
        result = take_step(*run, command.run_newest);
        if (!result || work_->is_ended(request_, WorkKind::Run)) break;
        if (session_->generation.end_of(*run, command.ignore_end) != RunEnd::Open) break;
    }
    finish_running(*run, result);
    if (!result && result.error().cancelled) return {};
    return result;
}

Result<void> WorkerEngine::handle(const RunFreely& command) {
    if (command.after != 0 && command.after == failed_beginning_) return cancelled_error();
    if (has_nothing_to_do(command.after, command.ignore_end)) return {};
    MOE_TRY(run_with_room(command.ignore_end));
    if (!std::isfinite(command.tokens_per_second) || command.tokens_per_second < 0) {
        return make_error(
            "speed {}: must be a number of tokens per second from 0 up; use 0 for as fast as it goes",
            command.tokens_per_second);
    }
    FreeRun run{.request = request_, .ignore_end = command.ignore_end, .next_token = Clock::now()};
    if (command.tokens_per_second > 0) {
        const double rate = std::max(command.tokens_per_second, kSlowestTokensPerSecond);
        run.between_tokens =
            std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate));
    }
    free_run_ = run;
    speed_.restart();
    set_state(RunState::Running);
    return {};
}

/// A free run was ended when this was taken; a Step has ended by itself.
Result<void> WorkerEngine::handle(const Pause&) { return {}; }

/// A branch may begin where its text ends.
bool WorkerEngine::has_nothing_to_do(RequestId after, bool ignore_end) const {
    return after != 0 && present_ != nullptr && session_->generation.end_of(*present_, ignore_end) != RunEnd::Open;
}

Result<Run*> WorkerEngine::run_with_room(bool ignore_end) {
    if (!session_) return make_error("generation: no model is open; open one first");
    if (present_ == nullptr) return make_error("generation: there is no run to go on with; start one first");
    switch (session_->generation.end_of(*present_, ignore_end)) {
        case RunEnd::Open:
            break;
        case RunEnd::EndToken:
            return make_error("{}: its text has ended; continue from an earlier token or start a new run",
                              present_->name);
        case RunEnd::ContextFull:
            return make_error(
                "{}: all {} positions of the context are used; continue from an earlier token or start "
                "a new run",
                present_->name, session_->generation.n_ctx());
    }
    return present_;
}

Result<void> WorkerEngine::take_step(Run& run, RunNewest newest) {
    const std::stop_token stop = work_->begin(request_, WorkKind::Token);
    const std::size_t n_tokens_before = run.tokens.size();
    Result<void> result = session_->generation.step(run, newest, stop);
    if (run.tokens.size() > n_tokens_before) speed_.count_token(Clock::now());
    record(run);
    tell_growth(run, Growth::Passing);
    return result;
}

void WorkerEngine::take_free_step() {
    request_ = free_run_->request;
    const Result<void> result = take_step(*present_, RunNewest::Now);
    if (!result || session_->generation.end_of(*present_, free_run_->ignore_end) != RunEnd::Open) {
        return end_free_run(result);
    }
    // A token that came late does not make the next ones come faster.
    free_run_->next_token = std::max(free_run_->next_token + free_run_->between_tokens, Clock::now());
}

void WorkerEngine::end_free_run(const Result<void>& result) {
    const FreeRun ended = *std::exchange(free_run_, std::nullopt);
    request_ = ended.request;
    finish_running(*present_, result);
    const bool was_cancelled = !result && result.error().cancelled;
    answer(ended.request, was_cancelled ? Result<void>() : result);
}

/// The run rests; what was generated stays, whatever the reason.
void WorkerEngine::finish_running(Run& run, const Result<void>& result) {
    const bool has_failed = !result && !result.error().cancelled;
    const bool was_cancelled = work_->is_ended(request_, WorkKind::Token);
    note_status(run, has_failed      ? RunStatus::Failed
                     : was_cancelled ? RunStatus::Stopped
                                     : RunStatus::Complete);
    tell_growth(run, Growth::Last);
    set_state(has_failed ? RunState::Failed : resting_state(run));
}

void WorkerEngine::set_state(RunState state) {
    if (state_ == state) return;
    state_ = state;
    events_.post(request_, RunStateChanged{.run = present_->id, .state = state});
}

RunState WorkerEngine::resting_state(const Run& run) const {
    switch (session_->generation.end_of(run)) {
        case RunEnd::Open:
            return RunState::Paused;
        case RunEnd::EndToken:
            return RunState::AtEnd;
        case RunEnd::ContextFull:
            return RunState::ContextFull;
    }
    return RunState::Paused;
}

/// Says how far the run is. While one such event waits, a passing one is left out, so that a fast engine
/// does no work for a slow reader; the last one takes its place.
void WorkerEngine::tell_growth(const Run& run, Growth growth) {
    if (growth == Growth::Passing && events_.has_growth_waiting(run.id)) return;
    events_.post_grew(request_,
                      {.run = run.id,
                       .n_tokens = run.n_stored,
                       .n_routed = run.n_routed,
                       .candidates = top_candidates(session_->generation.next_logits(run), kCandidates),
                       .tokens_per_second = speed_.tokens_per_second(),
                       .prompt_tokens_per_second = prompt_tokens_per_second_});
}

}  // namespace moe
