#pragma once

#include <cstddef>

#include "engine/stats/coactivation.h"
#include "engine/trace/trace_store.h"

namespace moe {

/// How tokens go from the experts of a layer (rows) to those of the next MoE layer (columns): counts over
/// all slot pairs of each token at positions [first, end), which must be routed. `layer` + 1 must exist.
PairCounts layer_flow(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end);

/// The same, added to `counts`, [n_experts, n_experts].
void add_layer_flow(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end,
                    PairCounts& counts);

}  // namespace moe
