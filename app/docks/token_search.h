#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "app/docks/run_view.h"

namespace moe::app {

/// Positions that were found, in order; the list ends early, the count does not.
struct FoundTokens {
    std::vector<std::size_t> positions;
    std::size_t n_found = 0;
};

inline constexpr std::size_t kListedTokensMax = 2'000;

/// The tokens of `range` that `matches`.
FoundTokens find_tokens(const TokenRange& range, const std::function<bool(std::size_t)>& matches);

/// Whether a routed token chose an expert.
bool uses_expert(const TraceSnapshot& trace, std::size_t position, std::size_t layer, std::size_t expert);

}  // namespace moe::app
