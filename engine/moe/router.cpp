#include "engine/moe/router.h"

#include <algorithm>

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

}  // namespace

void route_into(MatrixView<const float> router_logits, const RouterConfig& config, Routing& routing) {
    MOE_CHECK(router_logits.cols == config.n_experts);
    MOE_CHECK(0 < config.top_k && config.top_k <= config.n_experts);

    routing.scores.resize(router_logits.rows, config.n_experts);
    routing.experts.resize(router_logits.rows, config.top_k);
    routing.weights.resize(router_logits.rows, config.top_k);
    for (std::size_t token = 0; token < router_logits.rows; ++token) {
        const std::span<float> scores = routing.scores.row(token);
        const std::span<float> weights = routing.weights.row(token);
        const std::span<std::uint16_t> experts = routing.experts.row(token);
        gate(config.gating, router_logits.row(token), scores);
        top_k(scores, experts);
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
