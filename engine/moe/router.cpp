#include "engine/moe/router.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/base/check.h"
#include "engine/kernels/softmax.h"
#include "engine/moe/top_k.h"

namespace moe {
namespace {

constexpr float kSmallestSum = 6.103515625e-5f;  // the smallest normal F16, as in the models' own code

void gather(std::span<const float> values, std::span<const std::uint16_t> experts, std::span<float> out) {
    for (std::size_t slot = 0; slot < experts.size(); ++slot) out[slot] = values[experts[slot]];
}

void scale_to_sum_one(std::span<float> weights) {
    float sum = 0.0f;
    for (const float weight : weights) sum += weight;
    const float divisor = std::max(sum, kSmallestSum);
    for (float& weight : weights) weight /= divisor;
}

bool ranks_scores_alone(const RouterConfig& config) {
    return config.rank == RouterConfig::Rank::Scores && config.selection_bias.empty() && config.n_groups <= 1;
}

/// The sum of a group's two best, or its only one.
float group_score(std::span<const float> selection) {
    float best = selection[0];
    if (selection.size() == 1) return best;
    float second = selection[1];
    if (second > best) std::swap(best, second);
    for (const float value : selection.subspan(2)) {
        second = std::max(second, std::min(best, value));
        best = std::max(best, value);
    }
    return best + second;
}

void drop_lost_groups(const RouterConfig& config, std::span<float> selection) {
    const std::size_t group_size = config.n_experts / config.n_groups;
    std::vector<float> group_scores(config.n_groups);
    for (std::size_t group = 0; group < config.n_groups; ++group) {
        group_scores[group] = group_score(selection.subspan(group * group_size, group_size));
    }
    std::vector<std::uint16_t> kept(config.n_groups_used);
    top_k(group_scores, kept);
    for (std::size_t group = 0; group < config.n_groups; ++group) {
        if (std::ranges::find(kept, group) != kept.end()) continue;
        std::ranges::fill(selection.subspan(group * group_size, group_size), kLostGroup);
    }
}

void select(const RouterConfig& config, std::span<const float> ranked, std::span<float> selection) {
    std::ranges::copy(ranked, selection.begin());
    if (!config.selection_bias.empty()) {
        std::ranges::transform(selection, config.selection_bias, selection.begin(), std::plus());
    }
    if (config.n_groups > 1) drop_lost_groups(config, selection);
}

void check_config(const RouterConfig& config) {
    MOE_CHECK(0 < config.top_k && config.top_k <= config.n_experts);
    MOE_CHECK(config.selection_bias.empty() || config.selection_bias.size() == config.n_experts);
    MOE_CHECK(0 < config.n_groups_used && config.n_groups_used <= config.n_groups);
    MOE_CHECK(config.n_experts % config.n_groups == 0);
}

}  // namespace

void route_into(MatrixView<const float> router_logits, const RouterConfig& config, Routing& routing) {
    MOE_CHECK(router_logits.cols == config.n_experts);
    check_config(config);
    const bool ranks_scores = ranks_scores_alone(config);

    routing.scores.resize(router_logits.rows, config.n_experts);
    routing.selection.resize(ranks_scores ? 0 : router_logits.rows, config.n_experts);
    routing.experts.resize(router_logits.rows, config.top_k);
    routing.weights.resize(router_logits.rows, config.top_k);
    for (std::size_t token = 0; token < router_logits.rows; ++token) {
        const std::span<float> scores = routing.scores.row(token);
        const std::span<float> weights = routing.weights.row(token);
        const std::span<std::uint16_t> experts = routing.experts.row(token);
        gate(config.gating, router_logits.row(token), scores);
        if (ranks_scores) {
            top_k(scores, experts);
        } else {
            const bool ranks_logits = config.rank == RouterConfig::Rank::Logits;
            const std::span<float> selection = routing.selection.row(token);
            select(config, ranks_logits ? router_logits.row(token) : scores, selection);
            top_k(selection, experts);
        }
        if (config.gating == Gating::SoftmaxTopK) {
            gather(router_logits.row(token), experts, weights);
            softmax(weights, weights);
        } else {
            gather(scores, experts, weights);
        }
        if (config.renormalize) scale_to_sum_one(weights);
        for (float& weight : weights) weight *= config.weights_scale;
    }
}

Routing route(MatrixView<const float> router_logits, const RouterConfig& config) {
    Routing routing;
    route_into(router_logits, config, routing);
    return routing;
}

}  // namespace moe
