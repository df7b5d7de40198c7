#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/token.h"
#include "engine/trace/trace_shape.h"
#include "engine/trace_io/trace_connection.h"

namespace moe {

/// Sums the run's rows of table `hist`, of one phase or of all: [n_layers, n_experts], empty without rows.
Result<std::vector<std::size_t>> load_counts(const TraceConnection& connection, RunId run,
                                             const TraceShape& shape, std::optional<Phase> phase);

}  // namespace moe
