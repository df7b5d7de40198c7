#include "engine/stats/runner_up.h"

#include <algorithm>
#include <vector>

namespace moe {

std::optional<RunnerUp> runner_up(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    std::vector<float> ranked(trace.shape().n_experts);
    if (!trace.selection(position, layer, ranked)) return std::nullopt;
    const ExpertsView chosen = trace.experts(position, layer);
    std::optional<std::size_t> best;
    for (std::size_t expert = 0; expert < ranked.size(); ++expert) {
        if (std::ranges::find(chosen, expert) != chosen.end()) continue;
        if (!best || ranked[expert] > ranked[*best]) best = expert;
    }
    std::optional<std::size_t> last;
    for (const std::uint16_t expert : chosen) {
        if (expert != kNoExpert) last = expert;
    }
    if (!best || !last) return std::nullopt;
    return RunnerUp{.expert = *best,
                    .margin = static_cast<double>(ranked[*last]) - static_cast<double>(ranked[*best])};
}

}  // namespace moe
