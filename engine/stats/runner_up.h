#pragma once

#include <cstddef>
#include <optional>

#include "engine/trace/trace_store.h"

namespace moe {

/// The expert that came next behind the chosen ones.
struct RunnerUp {
    std::size_t expert = 0;
    double margin = 0;  ///< what the last chosen expert was ranked with, less what this one was
};

/// The best ranked of the experts that a token did not choose at a layer, ties to the lower index. None where
/// the trace has neither scores nor logits, or where all or none were chosen. `position` is routed.
std::optional<RunnerUp> runner_up(const TraceSnapshot& trace, std::size_t position, std::size_t layer);

}  // namespace moe
