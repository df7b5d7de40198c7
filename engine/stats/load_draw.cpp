#include "engine/stats/load_draw.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace moe {

LoadDraw::LoadDraw(const UniformRouting& routing)
    : routing_(routing),
      counts_(routing.n_experts),
      last_token_(routing.n_experts),
      deviations_(routing.n_experts) {}

/// Floyd's sampling without repeats (Bentley and Floyd 1987, "A sample of brilliance"): one random number a
/// slot. `last_token_` tells what this token has drawn already.
void LoadDraw::draw_token(Rng& rng, std::uint32_t token) {
    for (std::size_t last = routing_.n_experts - routing_.top_k; last < routing_.n_experts; ++last) {
        const std::size_t drawn = rng.below(last + 1);
        const std::size_t expert = last_token_[drawn] == token ? last : drawn;
        last_token_[expert] = token;
        ++counts_[expert];
    }
}

std::span<const std::size_t> LoadDraw::by_tokens(Rng& rng) {
    std::ranges::fill(counts_, 0);
    std::ranges::fill(last_token_, 0);
    for (std::size_t token = 1; token <= routing_.n_tokens; ++token) {
        draw_token(rng, static_cast<std::uint32_t>(token));
    }
    return counts_;
}

/// Box and Muller 1958: two independent normal numbers from two uniform ones.
double LoadDraw::normal(Rng& rng) {
    has_spare_ = !has_spare_;
    if (!has_spare_) return spare_normal_;
    const double radius = std::sqrt(-2.0 * std::log(1.0 - rng.uniform()));
    const double angle = 2.0 * std::numbers::pi * rng.uniform();
    spare_normal_ = radius * std::sin(angle);
    return radius * std::cos(angle);
}

std::span<const std::size_t> LoadDraw::by_normals(Rng& rng) {
    const auto n_experts = static_cast<double>(routing_.n_experts);
    const double p = static_cast<double>(routing_.top_k) / n_experts;
    const double mean = static_cast<double>(routing_.n_tokens) * p;
    const double deviation = std::sqrt(mean * (1.0 - p));
    if (deviation == 0.0) {
        std::ranges::fill(counts_, routing_.n_tokens);
        return counts_;
    }
    // Loads sum to T k: taking the mean away leaves variance 1 - 1/E, which the factor restores.
    for (double& value : deviations_) value = normal(rng);
    const double centre = std::accumulate(deviations_.begin(), deviations_.end(), 0.0) / n_experts;
    const double restore = std::sqrt(n_experts / (n_experts - 1.0));
    const double skewness = (1.0 - 2.0 * p) / deviation;
    for (std::size_t expert = 0; expert < counts_.size(); ++expert) {
        const double z = (deviations_[expert] - centre) * restore;
        const double load = mean + deviation * (z + skewness * (z * z - 1.0) / 6.0);
        counts_[expert] = static_cast<std::size_t>(std::max(0.0, std::round(load)));
    }
    return counts_;
}

}  // namespace moe
