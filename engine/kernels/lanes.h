#pragma once

#include <cstddef>

namespace moe {

/// Independent partial sums of a dot product: enough to hide the latency of an addition, and a whole
/// number of vectors of every width.
inline constexpr std::size_t kLanes = 16;

/// The sum of kLanes partial sums, halves first. `lanes` is overwritten.
[[gnu::always_inline]] inline float sum_lanes(float* lanes) {
    for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
        for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
    }
    return lanes[0];
}

}  // namespace moe
