#include "engine/stats/coactivation.h"

#include <span>

#include "engine/base/check.h"

namespace moe {

PairCounts coactivation(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end) {
    PairCounts counts(trace.shape().n_experts, trace.shape().n_experts);
    add_coactivation(trace, layer, first, end, counts);
    return counts;
}

void add_coactivation(const TraceSnapshot& trace, std::size_t layer, std::size_t first, std::size_t end,
                      PairCounts& counts) {
    MOE_CHECK(first <= end && end <= trace.n_routed());
    for (std::size_t position = first; position < end; ++position) {
        const ExpertsView experts = trace.experts(position, layer);
        for (const std::uint16_t one : experts) {
            if (one == kNoExpert) continue;
            for (const std::uint16_t other : experts) {
                if (other != kNoExpert) ++counts.row(one)[other];
            }
        }
    }
}

}  // namespace moe
