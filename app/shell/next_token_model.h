#pragma once

#include "app/docks/next_token_dock.h"
#include "app/shell/app_state.h"

namespace moe::app {

/// The position whose candidates are asked about: the selected token's, to see what else it could have been;
/// at the live end the one that comes next. A run that cannot go on has no next one.
std::size_t position_of_candidates(const RunEntry& run, std::optional<std::size_t> selected);

/// What is known of the candidates there, and what can be done.
NextTokenModel next_token_model(const AppState& state);

}  // namespace moe::app
