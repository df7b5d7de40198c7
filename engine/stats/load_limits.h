#pragma once

#include "engine/stats/load_null.h"

namespace moe {

/// From this many tokens on an expert is judged by its share (over 3 times fair, dead below a tenth of it); below, by
/// what chance allows.
inline constexpr std::size_t kLongRangeTokens = 1000;

/// From where on a load stands out.
struct LoadLimits {
    double fair = 0.0;        ///< mean load, n_tokens * top_k / n_experts
    double over_from = 0.0;   ///< loads above are over
    double dead_until = 0.0;  ///< loads up to this are unused or, in a long range, dead
};

/// Of one layer. In a short range an expert is over above the 97.5 % quantile of the largest load under uniform
/// routing. Quick enough for every frame. n_experts > 0.
LoadLimits load_limits(const UniformRouting& routing);

}  // namespace moe
