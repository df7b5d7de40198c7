// What could stand at a position, and taking it: AppController's part about candidates.
#include "app/shell/app_controller.h"
#include "app/shell/next_token_model.h"

namespace moe::app {

void AppController::find_candidates() {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || state_.shows_trace() || state_.is_generating()) return;
    post(FindCandidates{.run = run->key.id, .position = position_of_candidates(*run, state_.selection.token)},
         {.title = tr("Could not find the candidates"), .retry = {}});
    touch();
}

void AppController::handle_body(const Event&, const CandidatesFound& found) {
    const auto run = state_.runs.find({.source = RunKey::Source::Engine, .id = found.run});
    if (run != state_.runs.end()) run->second.candidates.put(found.position, found.candidates);
    touch();
}

void AppController::take_token(std::size_t position, TokenId id) {
    const RunEntry* run = state_.shown_run();
    if (run == nullptr || state_.shows_trace() || state_.is_generating()) return;
    select_last();
    run_freely_after(post(
        ContinueFrom{.run = run->key.id, .position = position, .token = id, .sampling = sampling_of_branch()},
        {.title = tr("Could not take that token"), .retry = {}}));
}

}  // namespace moe::app
