#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe {

/// An expert's standing in a router's decision.
struct RankedExpert {
    std::size_t expert = 0;
    bool is_chosen = false;
    std::optional<float> weight = {};  ///< as applied; chosen ones of a trace with weights
    std::optional<float> score = {};   ///< after the gating function
    std::optional<float> ranked = {};  ///< what was ranked
};

/// The chosen experts in their recorded order, then the rest by what was ranked, ties to the lower index. A trace
/// without scores tells of the chosen ones only. `position` is routed.
std::vector<RankedExpert> router_ranking(const TraceSnapshot& trace, std::size_t position, std::size_t layer);

}  // namespace moe
