#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/stats/margin_sample.h"
#include "engine/trace/trace_store.h"

namespace moe::render {

/// A chosen expert on a token's way through the layers.
struct PathNode {
    double expert = 0;  ///< a whole number, but while a path moves to another one
    double weight = 0;  ///< as applied; 1 / the number of chosen ones where the trace has no weights
};

/// What one token did at one layer.
struct PathLayer {
    std::vector<PathNode> chosen;            ///< by slot, best first
    std::optional<std::size_t> runner_up;    ///< the expert behind the cut
    double margin = 0;                       ///< of the last chosen one to the runner-up
    bool is_near_miss = false;               ///< known to be a small margin for the layer (MarginSample)
    std::vector<float> scores;               ///< [n_experts], or empty where the trace has none
    std::array<double, 3> branch_norm{};     ///< norms of the routed, shared and dense output; 0: absent
};

/// Branches of a layer whose outputs are added, in the order of `branch_norm`.
enum class PathBranch { Routed = 0, Shared = 1, Dense = 2 };

/// The way of one token through all MoE layers.
struct TokenPath {
    std::size_t n_experts = 0;
    std::vector<std::int32_t> layer_ids;  ///< [n_layers]
    std::vector<PathLayer> layers;        ///< empty: the token was not routed
    bool has_weights = false;
    bool knows_near_misses = false;  ///< enough margins of the run are known to tell
    bool has_branch_norms =
        false;  ///< the trace tells them; whether the model has such branches is another thing

    /// Whether some layer has an output of that branch.
    bool has(PathBranch branch) const;
    /// Share of the sum of a layer's output norms; 0 where they are unknown.
    double share(std::size_t layer, PathBranch branch) const;
};

/// Of a token at `position`; no layers where it is not routed. `margins` are those of its run.
TokenPath token_path(const TraceSnapshot& trace, std::size_t position, const MarginSample& margins = {});

/// On the way from one path to another of the same model, `share` 0 to 1: slots keep their number.
TokenPath moved(const TokenPath& from, const TokenPath& to, double share);

}  // namespace moe::render
