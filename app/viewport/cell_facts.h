#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe::app {

/// Tokens [first, second).
using TokenRange = std::pair<std::size_t, std::size_t>;

/// What a trace knows about one cell; a value that it lacks is absent.
struct CellFacts {
    std::optional<float> applied_weight;  ///< of a chosen expert
    std::optional<float> probability;     ///< the router's score
    std::optional<float> logit;
    std::optional<std::size_t> rank;  ///< 1 is the best of all experts, where they were ranked
    bool is_chosen = false;
};

/// `token` must be routed; layer and expert must exist.
CellFacts cell_facts(const TraceSnapshot& trace, std::size_t token, std::size_t layer, std::size_t expert);

/// What a pixel hides that stands for several cells of one layer.
struct FoldedFacts {
    std::size_t n_cells = 0;
    std::size_t n_chosen = 0;
    std::optional<float> largest_weight;  ///< absent without weights or where nothing was chosen
    std::size_t largest_token = 0;
    std::size_t largest_expert = 0;
};

/// Tokens that are not routed do not count.
FoldedFacts folded_facts(const TraceSnapshot& trace, TokenRange tokens, std::size_t layer,
                         const std::vector<std::size_t>& experts);

}  // namespace moe::app
