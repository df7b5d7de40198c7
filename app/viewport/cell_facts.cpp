#include "app/viewport/cell_facts.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe::app {
namespace {

TokenRange routed_part(const TraceSnapshot& trace, TokenRange tokens) {
    return {std::min(tokens.first, trace.n_routed()), std::min(tokens.second, trace.n_routed())};
}

}  // namespace

CellFacts cell_facts(const TraceSnapshot& trace, std::size_t token, std::size_t layer, std::size_t expert) {
    MOE_CHECK(token < trace.n_routed());
    const std::size_t n_experts = trace.shape().n_experts;
    MOE_CHECK(layer < trace.shape().n_layers && expert < n_experts);
    CellFacts facts;
    const auto experts = trace.experts(token, layer);
    const auto weights = trace.weights(token, layer);
    for (std::size_t slot = 0; slot < experts.size(); ++slot) {
        if (experts[slot] != expert) continue;
        facts.is_chosen = true;
        facts.rank = slot + 1;
        if (!weights.empty()) facts.applied_weight = weights[slot];
    }
    std::vector<float> values(n_experts);
    if (trace.router_logits(token, layer, values)) facts.logit = values[expert];
    if (trace.scores(token, layer, values)) facts.probability = values[expert];
    if (!facts.is_chosen && trace.selection(token, layer, values)) {
        std::size_t better = 0;  // ties go to the lower index, as in the router
        for (std::size_t e = 0; e < n_experts; ++e) {
            if (values[e] > values[expert] || (values[e] == values[expert] && e < expert)) ++better;
        }
        facts.rank = better + 1;
    }
    return facts;
}

FoldedFacts folded_facts(const TraceSnapshot& trace, TokenRange tokens, std::size_t layer,
                         const std::vector<std::size_t>& experts) {
    const auto [first, end] = routed_part(trace, tokens);
    FoldedFacts facts;
    facts.n_cells = (end - first) * experts.size();
    for (std::size_t token = first; token < end; ++token) {
        const auto chosen = trace.experts(token, layer);
        const auto weights = trace.weights(token, layer);
        for (std::size_t slot = 0; slot < chosen.size(); ++slot) {
            if (std::ranges::find(experts, chosen[slot]) == experts.end()) continue;
            ++facts.n_chosen;
            if (weights.empty() || (facts.largest_weight && weights[slot] <= *facts.largest_weight)) continue;
            facts.largest_weight = weights[slot];
            facts.largest_token = token;
            facts.largest_expert = chosen[slot];
        }
    }
    return facts;
}

}  // namespace moe::app
