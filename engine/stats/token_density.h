#pragma once

#include <cstddef>
#include <optional>

#include "engine/trace/trace_store.h"

namespace moe {

/// Tokens generated a second, by the wall clock, over tokens [first, end); pauses count. None where the trace
/// has no times, for a stretch that ends in a prompt (its tokens are read together, in pieces), and for the
/// first token after it, which is chosen as the prompt ends.
std::optional<double> token_density(const TraceSnapshot& trace, std::size_t first, std::size_t end);

/// Whether the trace tells when its tokens were read or chosen; imported ones often do not.
bool has_token_times(const TraceSnapshot& trace);

}  // namespace moe
