#pragma once

#include <cstddef>

namespace moe {

/// Independent partial sums of a dot product: enough to hide the latency of an addition, and a whole
/// number of vectors of every width.
inline constexpr std::size_t kLanes = 32;

/// The sum of kLanes partial sums, halves first. `lanes` is overwritten.
template <std::size_t kHalf = kLanes / 2>
[[gnu::always_inline]] inline float sum_lanes(float* lanes) {
    for (std::size_t lane = 0; lane < kHalf; ++lane) lanes[lane] += lanes[lane + kHalf];
    if constexpr (kHalf == 1)
        return lanes[0];
    else
        return sum_lanes<kHalf / 2>(lanes);
}

}  // namespace moe
