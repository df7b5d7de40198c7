#include "engine/stats/layer_flow.h"

#include "engine/base/check.h"

namespace moe {

PairCounts layer_flow(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end) {
    PairCounts counts(trace.shape().n_experts, trace.shape().n_experts);
    add_layer_flow(trace, layer, first, end, counts);
    return counts;
}

void add_layer_flow(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end,
                    PairCounts& counts) {
    MOE_CHECK(first <= end && end <= trace.n_routed() && layer + 1 < trace.shape().n_layers);
    for (std::size_t position = first; position < end; ++position) {
        for (const std::uint16_t from : trace.experts(position, layer)) {
            if (from == kNoExpert) continue;
            for (const std::uint16_t to : trace.experts(position, layer + 1)) {
                if (to != kNoExpert) ++counts.row(from)[to];
            }
        }
    }
}

}  // namespace moe
