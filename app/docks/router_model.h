#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "app/docks/router_arithmetic.h"
#include "engine/trace/trace_store.h"

namespace moe::app {

/// One expert's standing in a router's decision.
struct RouterRow {
    std::size_t rank = 0;  ///< 0 is the favourite
    std::size_t expert = 0;
    std::optional<float> probability = {};  ///< the score after the gating function
    std::optional<float> ranked = {};       ///< what was ranked, where that is not the score
    std::optional<float> weight = {};       ///< as applied, chosen experts only
    bool is_in_lost_group = false;          ///< it could not be chosen, whatever its score
    bool is_chosen = false;
    bool is_runner_up = false;  ///< the first one behind the cut
};

/// How one layer's router decided for one token: what the router dock shows.
struct RouterModel {
    QString token;  ///< by itself
    QString token_details;
    std::size_t position = 0;
    TokenId id = 0;
    Phase phase = Phase::Prefill;
    std::size_t layer = 0;  ///< on the trace's layer axis
    std::size_t top_k = 0;
    std::vector<RouterRow> rows = {};        ///< by rank; with a trace of ids only the chosen ones
    std::optional<double> entropy = {};      ///< nats, of the scores scaled to sum 1
    double entropy_if_uniform = 0;           ///< ln n_experts
    std::optional<double> chosen_mass = {};  ///< share of the scores that the chosen experts have
    double chosen_mass_if_uniform = 0;       ///< top_k / n_experts
    std::optional<double> margin = {};       ///< score of rank k less that of rank k + 1
    std::vector<std::optional<double>> margins = {};  ///< the token's at each layer
    bool is_near_miss = false;                        ///< the margin is small for its layer (MarginSample)
    bool has_ranked = false;                 ///< rows have `ranked`
    RouterArithmetic arithmetic = {};        ///< no steps where there are no scores
    QString absent = {};                     ///< not empty: why there is nothing, or less, to see
};

/// Prepares the model for a token and layer of `trace`; position < n_tokens(), layer < n_layers. `spec` says
/// how that layer of the model routes; null for a trace without its model.
RouterModel router_model(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                         const MoeSpec* spec = nullptr);

}  // namespace moe::app
