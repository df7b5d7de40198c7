#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <vector>

namespace moe {

/// Uniform routing: each of `n_tokens` tokens draws `top_k` of `n_experts` experts, all sets alike. Whatever
/// a real router does is to be compared with this, because equal loads never happen by chance.
struct UniformRouting {
    std::size_t n_tokens = 0;
    std::size_t n_experts = 0;
    std::size_t top_k = 0;

    auto operator<=>(const UniformRouting&) const = default;
};

/// The same for tokens that use different numbers of slots: `tokens_by_slots[k]` of them draw k experts.
struct MixedRouting {
    std::size_t n_experts = 0;
    std::vector<std::size_t> tokens_by_slots;  ///< [n_experts + 1] at most

    auto operator<=>(const MixedRouting&) const = default;
};

MixedRouting mixed_routing(const UniformRouting& routing);

inline constexpr std::size_t kNullDraws = 4'000;
inline constexpr const char* kNullMethod = "monte carlo, seed 1, 4000 draws";

/// What the figures of LoadBalance are on average under uniform routing.
struct LoadNull {
    double max_violation = 0;
    double cv = 0;
    double gini = 0;
    std::optional<double> normalized_entropy;  ///< none for one expert
};

/// By drawing whole routings with seed 1, within 2 % of the true expectation (of 1 - H for the entropy).
/// None without token-slots or experts. A view that is redrawn often asks for fewer draws: 200 are within about
/// 3 %. Answers are remembered; any thread may ask. The first answer may take tenths of a second.
std::optional<LoadNull> load_null(const UniformRouting& routing, std::size_t n_draws = kNullDraws);
std::optional<LoadNull> load_null(const MixedRouting& routing, std::size_t n_draws = kNullDraws);

/// Where the loads lie under uniform routing.
struct LoadBand {
    std::size_t low = 0;      ///< 2.5 % quantile of one expert's load, binomial(n_tokens, top_k / n_experts)
    std::size_t high = 0;     ///< 97.5 % quantile of the same
    std::size_t largest = 0;  ///< 97.5 % quantile of the largest load of all experts
};

/// Quick enough for every frame: proportional to the spread of a load. The q-quantile is the smallest load
/// that at least q of the cases do not exceed. The largest load is treated as that of independent experts;
/// experts compete for the same slots, which makes the true quantile at most one lower.
LoadBand load_band(const UniformRouting& routing);

}  // namespace moe
