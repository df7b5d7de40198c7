#include "app/docks/router_decision.h"

#include <algorithm>

#include "engine/moe/router.h"
#include "engine/stats/runner_up.h"

namespace moe::app {

std::vector<std::size_t> RouterDecision::followed() const {
    std::vector<std::size_t> experts = chosen;
    if (runner_up) experts.push_back(*runner_up);
    return experts;
}

float RouterDecision::sum_of_chosen() const {
    float sum = 0.0f;
    for (const std::size_t expert : chosen) sum += scores[expert];
    return sum;
}

RouterDecision router_decision(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    RouterDecision decision;
    for (const std::uint16_t expert : trace.experts(position, layer)) {
        if (expert != kNoExpert) decision.chosen.push_back(expert);
    }
    for (const float weight : trace.weights(position, layer)) {
        if (decision.weights.size() < decision.chosen.size()) decision.weights.push_back(weight);
    }
    std::vector<float> scores(trace.shape().n_experts);
    if (trace.router_logits(position, layer, scores)) decision.logits = scores;
    if (!trace.scores(position, layer, scores)) return decision;
    decision.scores = scores;
    trace.selection(position, layer, scores);
    decision.ranks_scores = scores == decision.scores;
    decision.ranked = std::move(scores);
    if (const auto next = runner_up(trace, position, layer)) decision.runner_up = next->expert;
    return decision;
}

bool is_lost_group(float ranked) { return ranked <= kLostGroup; }

}  // namespace moe::app
