#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engine/trace/trace_store.h"

namespace moe {

/// Tokens generated a second, by the wall clock, over tokens [first, end); pauses count. None where the trace
/// has no times, for a stretch that ends in a prompt (its tokens are read together, in pieces), and for the
/// first token after it, which is chosen as the prompt ends.
std::optional<double> token_density(const TraceSnapshot& trace, std::size_t first, std::size_t end);

/// Where a scale for `densities` ends: at the largest, but at no more than twice their median. A token that
/// was set and not computed, as where a branch leaves, comes at once and would flatten all others. 0 without any.
double density_scale_end(std::span<const std::optional<double>> densities);

/// Whether the trace tells when its tokens were read or chosen; imported ones often do not.
bool has_token_times(const TraceSnapshot& trace);

}  // namespace moe
