#include "render/scene/token_path.h"

#include <algorithm>
#include <numeric>

#include "engine/stats/router_entropy.h"
#include "engine/stats/runner_up.h"

namespace moe::render {
namespace {

PathLayer layer_of(const TraceSnapshot& trace, std::size_t position, std::size_t layer,
                   const MarginSample& margins) {
    PathLayer result;
    const auto experts = trace.experts(position, layer);
    const auto weights = trace.weights(position, layer);
    for (std::size_t slot = 0; slot < experts.size(); ++slot) {
        if (experts[slot] == kNoExpert) continue;
        result.chosen.push_back({.expert = static_cast<double>(experts[slot]),
                                 .weight = slot < weights.size() ? static_cast<double>(weights[slot]) : 0.0});
    }
    if (weights.empty()) {
        for (PathNode& node : result.chosen) node.weight = 1.0 / static_cast<double>(result.chosen.size());
    }
    std::vector<float> scores(trace.shape().n_experts);
    if (trace.scores(position, layer, scores)) result.scores = std::move(scores);
    if (const auto next = runner_up(trace, position, layer)) {
        result.runner_up = next->expert;
        result.margin = next->margin;
        const auto certainty = router_certainty(trace, position, layer);
        result.is_near_miss =
            certainty && certainty->margin && margins.is_near_miss(layer, *certainty->margin);
    }
    const auto norms = trace.branch_norm(position, layer);
    for (std::size_t branch = 0; branch < norms.size(); ++branch)
        result.branch_norm[branch] = static_cast<double>(norms[branch]);
    return result;
}

double between(double from, double to, double share) { return from + (to - from) * share; }

/// A slot that only one of the two has grows from nothing, or shrinks to it, where it stands.
std::vector<PathNode> moved_nodes(const std::vector<PathNode>& from, const std::vector<PathNode>& to,
                                  double share) {
    std::vector<PathNode> nodes;
    for (std::size_t slot = 0; slot < std::max(from.size(), to.size()); ++slot) {
        const PathNode a = slot < from.size() ? from[slot] : PathNode{to[slot].expert, 0.0};
        const PathNode b = slot < to.size() ? to[slot] : PathNode{from[slot].expert, 0.0};
        nodes.push_back({between(a.expert, b.expert, share), between(a.weight, b.weight, share)});
    }
    return nodes;
}

}  // namespace

bool TokenPath::has(PathBranch branch) const {
    return std::ranges::any_of(layers, [branch](const PathLayer& layer) {
        return layer.branch_norm[static_cast<std::size_t>(branch)] > 0.0;
    });
}

double TokenPath::share(std::size_t layer, PathBranch branch) const {
    const std::array<double, 3>& norms = layers[layer].branch_norm;
    const double sum = std::accumulate(norms.begin(), norms.end(), 0.0);
    return sum > 0.0 ? norms[static_cast<std::size_t>(branch)] / sum : 0.0;
}

TokenPath token_path(const TraceSnapshot& trace, std::size_t position, const MarginSample& margins) {
    TokenPath path;
    if (!trace.has_shape()) return path;
    path.n_experts = trace.shape().n_experts;
    path.layer_ids = trace.shape().layer_ids;
    if (position >= trace.n_routed()) return path;
    const TraceChunk& chunk = trace.chunk_of(position);
    path.has_weights = !chunk.weights.empty();
    path.has_branch_norms = !chunk.branch_norm.empty();
    for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer) {
        path.layers.push_back(layer_of(trace, position, layer, margins));
        path.knows_near_misses = path.knows_near_misses || margins.median(layer).has_value();
    }
    return path;
}

TokenPath moved(const TokenPath& from, const TokenPath& to, double share) {
    if (share >= 1.0 || from.layers.size() != to.layers.size() || from.n_experts != to.n_experts) return to;
    TokenPath path = to;
    for (std::size_t layer = 0; layer < path.layers.size(); ++layer) {
        path.layers[layer].chosen = moved_nodes(from.layers[layer].chosen, to.layers[layer].chosen, share);
        for (std::size_t branch = 0; branch < 3; ++branch) {
            path.layers[layer].branch_norm[branch] = between(
                from.layers[layer].branch_norm[branch], to.layers[layer].branch_norm[branch], share);
        }
    }
    return path;
}

}  // namespace moe::render
