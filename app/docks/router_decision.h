#pragma once

#include <optional>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe::app {

/// One token's decision at one layer, as recorded.
struct RouterDecision {
    std::vector<std::size_t> chosen;       ///< best first
    std::vector<float> weights;            ///< of the chosen ones, as applied; empty where the trace has none
    std::optional<std::size_t> runner_up;  ///< the best of those left out
    std::vector<float> logits;             ///< [n_experts] or empty
    std::vector<float> scores;             ///< [n_experts] after the gating function, or empty
    std::vector<float> ranked;             ///< [n_experts] what was ranked, or empty
    bool ranks_scores = true;              ///< `ranked` is `scores`

    /// The chosen experts and the first one left out.
    std::vector<std::size_t> followed() const;
    /// In the engine's order and precision. Needs scores.
    float sum_of_chosen() const;
};

/// position < n_routed(), layer < n_layers.
RouterDecision router_decision(const TraceSnapshot& trace, std::size_t position, std::size_t layer);

/// Whether what was ranked marks an expert whose group could not be chosen from.
bool is_lost_group(float ranked);

}  // namespace moe::app
