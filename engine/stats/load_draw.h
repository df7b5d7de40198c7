#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/rng.h"
#include "engine/stats/load_null.h"

namespace moe {

/// Mean, variance and third central moment of one expert's load, a sum of independent draws.
struct LoadMoments {
    double mean = 0.0;
    double variance = 0.0;
    double third = 0.0;
};
LoadMoments load_moments(const MixedRouting& routing);

/// Draws the loads of a whole uniform routing, [n_experts]. The answer lives until the next draw.
class LoadDraw {
  public:
    explicit LoadDraw(MixedRouting routing);
    explicit LoadDraw(const UniformRouting& routing) : LoadDraw(mixed_routing(routing)) {}

    /// Exactly: each token draws its experts.
    std::span<const std::size_t> by_tokens(Rng& rng);

    /// For long traces: correlated normal loads, see load_null.cpp.
    std::span<const std::size_t> by_normals(Rng& rng);

  private:
    void draw_token(Rng& rng, std::uint32_t token, std::size_t n_slots);
    double normal(Rng& rng);

    MixedRouting routing_;
    LoadMoments moments_;
    std::vector<std::size_t> counts_;
    std::vector<std::uint32_t> last_token_;  ///< that drew the expert, counted from 1
    std::vector<double> deviations_;
    double spare_normal_ = 0.0;
    bool has_spare_ = false;
};

}  // namespace moe
