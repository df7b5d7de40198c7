#pragma once

#include <cstddef>
#include <vector>

#include "engine/base/matrix.h"
#include "engine/trace/trace_store.h"

namespace moe {

/// Counts of pairs of experts, [n_experts, n_experts].
using PairCounts = Matrix<std::size_t>;

/// Of a layer: tokens at positions [first, end) that used both experts; the diagonal is the load. Symmetric.
/// The positions must be routed.
PairCounts coactivation(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end);

/// The same, added to `counts`, [n_experts, n_experts].
void add_coactivation(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end,
                      PairCounts& counts);

}  // namespace moe
