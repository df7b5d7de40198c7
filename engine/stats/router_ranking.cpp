#include "engine/stats/router_ranking.h"

#include <algorithm>

namespace moe {

std::vector<RankedExpert> router_ranking(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    std::vector<RankedExpert> ranking;
    const ExpertsView experts = trace.experts(position, layer);
    const WeightsView weights = trace.weights(position, layer);
    for (std::size_t slot = 0; slot < experts.size(); ++slot) {
        if (experts[slot] == kNoExpert) continue;
        RankedExpert chosen{.expert = experts[slot], .is_chosen = true};
        if (slot < weights.size()) chosen.weight = weights[slot];
        ranking.push_back(chosen);
    }
    std::vector<float> scores(trace.shape().n_experts), ranked(trace.shape().n_experts);
    if (!trace.scores(position, layer, scores) || !trace.selection(position, layer, ranked)) return ranking;
    const auto n_chosen = static_cast<std::ptrdiff_t>(ranking.size());
    for (std::size_t expert = 0; expert < scores.size(); ++expert) {
        if (std::ranges::find(experts, expert) == experts.end()) ranking.push_back({.expert = expert});
    }
    for (RankedExpert& expert : ranking) {
        expert.score = scores[expert.expert];
        expert.ranked = ranked[expert.expert];
    }
    std::stable_sort(ranking.begin() + n_chosen, ranking.end(),
                     [](const RankedExpert& a, const RankedExpert& b) { return *a.ranked > *b.ranked; });
    return ranking;
}

}  // namespace moe
