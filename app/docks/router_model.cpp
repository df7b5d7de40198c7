#include "app/docks/router_model.h"

#include <QObject>
#include <algorithm>
#include <cmath>

#include "app/docks/router_decision.h"
#include "app/docks/token_display.h"
#include "engine/base/check.h"
#include "engine/stats/router_entropy.h"

namespace moe::app {

namespace {

// The chosen experts in their recorded order, then the rest by what was ranked, ties to the lower index.
std::vector<RouterRow> ranked_rows(const RouterDecision& decision) {
    std::vector<RouterRow> rows;
    std::vector<bool> is_chosen(decision.scores.size(), false);
    for (std::size_t slot = 0; slot < decision.chosen.size(); ++slot) {
        RouterRow row{.rank = slot, .expert = decision.chosen[slot], .is_chosen = true};
        if (slot < decision.weights.size()) row.weight = decision.weights[slot];
        if (row.expert < is_chosen.size()) is_chosen[row.expert] = true;
        rows.push_back(row);
    }
    if (decision.scores.empty()) return rows;
    std::vector<std::size_t> rest;
    for (std::size_t expert = 0; expert < is_chosen.size(); ++expert) {
        if (!is_chosen[expert]) rest.push_back(expert);
    }
    std::stable_sort(rest.begin(), rest.end(),
                     [&](std::size_t a, std::size_t b) { return decision.ranked[a] > decision.ranked[b]; });
    for (const std::size_t expert : rest)
        rows.push_back({.rank = rows.size(), .expert = expert, .is_near_miss = decision.near_miss == expert});
    for (RouterRow& row : rows) {
        row.probability = decision.scores[row.expert];
        row.is_in_lost_group = is_lost_group(decision.ranked[row.expert]);
        if (!decision.ranks_scores) row.ranked = decision.ranked[row.expert];
    }
    return rows;
}

}  // namespace

RouterModel router_model(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                         const MoeSpec* spec) {
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
    const RouterDecision decision = router_decision(trace, position, layer);
    model.rows = ranked_rows(decision);
    model.has_ranked = !decision.ranks_scores;
    model.arithmetic = router_arithmetic(trace, position, layer, spec);
    model.entropy_if_uniform = std::log(static_cast<double>(shape.n_experts));
    model.chosen_mass_if_uniform = static_cast<double>(shape.top_k) / static_cast<double>(shape.n_experts);
    if (const std::optional<RouterCertainty> certainty = router_certainty(trace, position, layer)) {
        model.entropy = certainty->entropy;
        model.chosen_mass = certainty->chosen_mass;
        model.margin = certainty->margin;
    } else {
        const std::string failure = trace.dense_failure();
        model.absent = failure.empty()
                           ? QObject::tr("This trace holds the chosen experts only, no router scores.")
                           : QString::fromStdString(failure);
    }
    return model;
}

}  // namespace moe::app
