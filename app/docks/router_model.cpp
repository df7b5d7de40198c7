#include "app/docks/router_model.h"

#include <QObject>
#include <algorithm>
#include <cmath>

#include "app/docks/token_display.h"
#include "engine/base/check.h"
#include "engine/stats/router_entropy.h"

namespace moe::app {

namespace {

struct Scores {
    std::vector<float> probability;  // [n_experts] after the gating function
    std::vector<float> ranked;       // [n_experts] what was ranked
};

std::optional<Scores> scores_of(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    Scores scores;
    scores.probability.resize(trace.shape().n_experts);
    if (!trace.scores(position, layer, scores.probability)) return std::nullopt;
    scores.ranked = scores.probability;
    trace.selection(position, layer, scores.ranked);
    return scores;
}

// The chosen experts in their recorded order, then the rest by what was ranked, ties to the lower index.
std::vector<RouterRow> ranked_rows(std::span<const std::uint16_t> chosen, std::span<const float> weights,
                                   const std::optional<Scores>& scores, std::size_t n_experts) {
    std::vector<RouterRow> rows;
    std::vector<bool> is_chosen(n_experts, false);
    for (std::size_t slot = 0; slot < chosen.size(); ++slot) {
        if (chosen[slot] == kNoExpert) continue;
        RouterRow row{.rank = rows.size(), .expert = chosen[slot], .is_chosen = true};
        if (!weights.empty()) row.weight = weights[slot];
        is_chosen[row.expert] = true;
        rows.push_back(row);
    }
    if (!scores) return rows;
    std::vector<std::size_t> rest;
    for (std::size_t expert = 0; expert < n_experts; ++expert) {
        if (!is_chosen[expert]) rest.push_back(expert);
    }
    std::stable_sort(rest.begin(), rest.end(),
                     [&](std::size_t a, std::size_t b) { return scores->ranked[a] > scores->ranked[b]; });
    for (std::size_t i = 0; i < rest.size(); ++i) {
        rows.push_back({.rank = rows.size(), .expert = rest[i], .is_near_miss = i == 0});
    }
    for (RouterRow& row : rows) row.probability = scores->probability[row.expert];
    return rows;
}

}  // namespace

RouterModel router_model(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    MOE_CHECK(position < trace.n_tokens() && layer < trace.shape().n_layers);
    const TokenRecord& token = trace.token(position);
    const TraceShape& shape = trace.shape();
    RouterModel model{.token = token_by_itself(token.bytes),
                      .token_details = token_details(token.bytes),
                      .position = position,
                      .id = token.id,
                      .phase = token.phase,
                      .layer = layer,
                      .top_k = shape.top_k};
    if (position >= trace.n_routed()) {
        model.absent = QObject::tr("This token was not routed yet; its routing appears with the next one.");
        return model;
    }
    const std::optional<Scores> scores = scores_of(trace, position, layer);
    model.rows =
        ranked_rows(trace.experts(position, layer), trace.weights(position, layer), scores, shape.n_experts);
    model.entropy_if_uniform = std::log(static_cast<double>(shape.n_experts));
    model.chosen_mass_if_uniform = static_cast<double>(shape.top_k) / static_cast<double>(shape.n_experts);
    if (const std::optional<RouterCertainty> certainty = router_certainty(trace, position, layer)) {
        model.entropy = certainty->entropy;
        model.chosen_mass = certainty->chosen_mass;
        model.margin = certainty->margin;
    } else {
        model.absent = QObject::tr("This trace holds the chosen experts only, no router scores.");
    }
    return model;
}

}  // namespace moe::app
