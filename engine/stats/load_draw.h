#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/rng.h"
#include "engine/stats/load_null.h"

namespace moe {

/// Draws the loads of a whole uniform routing, [n_experts]. The answer lives until the next draw.
class LoadDraw {
  public:
    explicit LoadDraw(const UniformRouting& routing);

    /// Exactly: each token draws its experts.
    std::span<const std::size_t> by_tokens(Rng& rng);

    /// For long traces: correlated normal loads, see load_null.cpp.
    std::span<const std::size_t> by_normals(Rng& rng);

  private:
    void draw_token(Rng& rng, std::uint32_t token);
    double normal(Rng& rng);

    UniformRouting routing_;
    std::vector<std::size_t> counts_;
    std::vector<std::uint32_t> last_token_;  ///< that drew the expert, counted from 1
    std::vector<double> deviations_;
    double spare_normal_ = 0.0;
    bool has_spare_ = false;
};

}  // namespace moe
