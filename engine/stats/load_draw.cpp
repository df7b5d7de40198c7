#include "engine/stats/load_draw.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace moe {

LoadMoments load_moments(const MixedRouting& routing) {
    LoadMoments moments;
    for (std::size_t n_slots = 1; n_slots < routing.tokens_by_slots.size(); ++n_slots) {
        const double p = static_cast<double>(n_slots) / static_cast<double>(routing.n_experts);
        const double mean = static_cast<double>(routing.tokens_by_slots[n_slots]) * p;
        moments.mean += mean;
        moments.variance += mean * (1.0 - p);
        moments.third += mean * (1.0 - p) * (1.0 - 2.0 * p);
    }
    return moments;
}

LoadDraw::LoadDraw(MixedRouting routing)
    : routing_(std::move(routing)),
      moments_(load_moments(routing_)),
      counts_(routing_.n_experts),
      last_token_(routing_.n_experts),
      deviations_(routing_.n_experts) {}

/// Floyd's sampling without repeats (Bentley and Floyd 1987, "A sample of brilliance"): one random number a
/// slot. `last_token_` tells what this token has drawn already.
void LoadDraw::draw_token(Rng& rng, std::uint32_t token, std::size_t n_slots) {
    for (std::size_t last = routing_.n_experts - n_slots; last < routing_.n_experts; ++last) {
        const std::size_t drawn = rng.below(last + 1);
        const std::size_t expert = last_token_[drawn] == token ? last : drawn;
        last_token_[expert] = token;
        ++counts_[expert];
    }
}

std::span<const std::size_t> LoadDraw::by_tokens(Rng& rng) {
    std::ranges::fill(counts_, 0);
    std::ranges::fill(last_token_, 0);
    std::uint32_t token = 0;
    for (std::size_t n_slots = 1; n_slots < routing_.tokens_by_slots.size(); ++n_slots) {
        for (std::size_t i = 0; i < routing_.tokens_by_slots[n_slots]; ++i) draw_token(rng, ++token, n_slots);
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
    const double deviation = std::sqrt(moments_.variance);
    if (deviation == 0.0) {
        std::ranges::fill(counts_, static_cast<std::size_t>(moments_.mean));
        return counts_;
    }
    // Loads have a fixed sum: taking the mean away leaves variance 1 - 1/E, which the factor restores.
    for (double& value : deviations_) value = normal(rng);
    const double centre = std::accumulate(deviations_.begin(), deviations_.end(), 0.0) / n_experts;
    const double restore = std::sqrt(n_experts / (n_experts - 1.0));
    const double skewness = moments_.third / (moments_.variance * deviation);
    for (std::size_t expert = 0; expert < counts_.size(); ++expert) {
        const double z = (deviations_[expert] - centre) * restore;
        const double load = moments_.mean + deviation * (z + skewness * (z * z - 1.0) / 6.0);
        counts_[expert] = static_cast<std::size_t>(std::max(0.0, std::round(load)));
    }
    return counts_;
}

}  // namespace moe
