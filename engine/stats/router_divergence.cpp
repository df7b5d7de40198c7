#include "engine/stats/router_divergence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace moe {
namespace {

double divergence_of(std::span<const float> p, std::span<const float> q) {
    const double p_sum = std::accumulate(p.begin(), p.end(), 0.0);
    const double q_sum = std::accumulate(q.begin(), q.end(), 0.0);
    if (!(p_sum > 0.0) || !(q_sum > 0.0)) return 0.0;
    double divergence = 0.0;
    for (std::size_t expert = 0; expert < p.size(); ++expert) {
        const double from = static_cast<double>(p[expert]) / p_sum;
        // A score that underflowed is as small as can be, not impossible.
        const double to = std::max(static_cast<double>(q[expert]) / q_sum,
                                   static_cast<double>(std::numeric_limits<float>::min()));
        if (from > 0.0) divergence += from * std::log(from / to);
    }
    return std::max(0.0, divergence);
}

}  // namespace

std::optional<double> router_divergence(const TraceSnapshot& a, std::size_t position_a,
                                        const TraceSnapshot& b, std::size_t position_b) {
    if (!a.has_shape() || !b.has_shape() || a.shape() != b.shape() || a.shape().n_layers == 0)
        return std::nullopt;
    if (position_a >= a.n_routed() || position_b >= b.n_routed()) return std::nullopt;
    std::vector<float> p(a.shape().n_experts), q(a.shape().n_experts);
    double sum = 0.0;
    for (std::size_t layer = 0; layer < a.shape().n_layers; ++layer) {
        if (!a.scores(position_a, layer, p) || !b.scores(position_b, layer, q)) return std::nullopt;
        sum += divergence_of(p, q);
    }
    return sum / static_cast<double>(a.shape().n_layers);
}

}  // namespace moe
