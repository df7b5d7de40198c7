#include "app/docks/router_model.h"

#include <QObject>
#include <cmath>

#include "app/docks/router_decision.h"
#include "app/docks/token_display.h"
#include "engine/base/check.h"
#include "engine/stats/router_entropy.h"
#include "engine/stats/router_ranking.h"

namespace moe::app {

namespace {

std::vector<RouterRow> ranked_rows(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                                   const RouterDecision& decision) {
    std::vector<RouterRow> rows;
    for (const RankedExpert& expert : router_ranking(trace, position, layer)) {
        RouterRow row{.rank = rows.size(), .expert = expert.expert, .is_chosen = expert.is_chosen};
        row.weight = expert.weight;
        row.probability = expert.score;
        row.is_runner_up = !expert.is_chosen && decision.runner_up == expert.expert;
        row.is_in_lost_group = expert.ranked && is_lost_group(*expert.ranked);
        if (expert.ranked && !decision.ranks_scores) row.ranked = expert.ranked;
        rows.push_back(row);
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
    model.rows = ranked_rows(trace, position, layer, decision);
    model.has_ranked = !decision.ranks_scores;
    model.arithmetic = router_arithmetic(trace, position, layer, spec);
    model.entropy_if_uniform = std::log(static_cast<double>(shape.n_experts));
    model.chosen_mass_if_uniform = static_cast<double>(shape.top_k) / static_cast<double>(shape.n_experts);
    if (const std::optional<RouterCertainty> certainty = router_certainty(trace, position, layer)) {
        model.entropy = certainty->entropy;
        model.chosen_mass = certainty->chosen_mass;
        model.margin = certainty->margin;
        for (std::size_t each = 0; each < shape.n_layers; ++each) {
            const auto other = router_certainty(trace, position, each);
            model.margins.push_back(other ? other->margin : std::nullopt);
        }
    } else {
        const std::string failure = trace.dense_failure();
        model.absent = failure.empty()
                           ? QObject::tr("This trace holds the chosen experts only, no router scores.")
                           : QString::fromStdString(failure);
    }
    return model;
}

}  // namespace moe::app
