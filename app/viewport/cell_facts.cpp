#include "app/viewport/cell_facts.h"

#include <algorithm>

#include "engine/base/check.h"

namespace moe::app {
namespace {

constexpr std::size_t kHistogramCells = 30000;

TokenRange routed_part(const TraceSnapshot& trace, TokenRange tokens) {
    return {std::min(tokens.first, trace.n_routed()), std::min(tokens.second, trace.n_routed())};
}

void count_values(std::span<const float> values, std::vector<std::uint32_t>& bins) {
    for (const float value : values) {
        const float place = std::clamp(value, 0.0f, 1.0f) * static_cast<float>(kValueBins - 1);
        ++bins[static_cast<std::size_t>(place + 0.5f)];
    }
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
    const auto logits = trace.router_logits(token, layer);
    if (!logits.empty()) facts.logit = logits[expert];
    std::vector<float> values(n_experts);
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
                         std::pair<std::size_t, std::size_t> experts) {
    const auto [first, end] = routed_part(trace, tokens);
    FoldedFacts facts;
    facts.n_cells = (end - first) * (experts.second - experts.first);
    for (std::size_t token = first; token < end; ++token) {
        const auto chosen = trace.experts(token, layer);
        const auto weights = trace.weights(token, layer);
        for (std::size_t slot = 0; slot < chosen.size(); ++slot) {
            if (chosen[slot] < experts.first || chosen[slot] >= experts.second) continue;
            ++facts.n_chosen;
            if (weights.empty() || (facts.largest_weight && weights[slot] <= *facts.largest_weight)) continue;
            facts.largest_weight = weights[slot];
            facts.largest_token = token;
            facts.largest_expert = chosen[slot];
        }
    }
    return facts;
}

std::vector<std::uint32_t> value_histogram(const TraceSnapshot& trace, TokenRange tokens,
                                           render::HeatmapValue value) {
    std::vector<std::uint32_t> bins(kValueBins, 0);
    const auto [first, end] = routed_part(trace, tokens);
    if (first == end || value == render::HeatmapValue::Selected) return bins;
    const TraceShape& shape = trace.shape();
    const bool is_score = value == render::HeatmapValue::Score;
    const std::size_t cells_a_token = shape.n_layers * (is_score ? shape.n_experts : shape.top_k);
    const std::size_t step = std::max<std::size_t>(1, (end - first) * cells_a_token / kHistogramCells);
    std::vector<float> scores(shape.n_experts);
    for (std::size_t token = first; token < end; token += step) {
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            if (!is_score) count_values(trace.weights(token, layer), bins);
            if (is_score && trace.scores(token, layer, scores)) count_values(scores, bins);
        }
    }
    return bins;
}

}  // namespace moe::app
