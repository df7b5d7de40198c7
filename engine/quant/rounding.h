#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "engine/quant/half.h"

namespace moe {

/// The integer of [low, high] nearest to x; `low` for NaN.
inline int nearest(float x, int low, int high) {
    if (!(x > static_cast<float>(low))) return low;
    if (x >= static_cast<float>(high)) return high;
    return static_cast<int>(std::lround(x));
}

/// 1 / x, or 0 for 0: what a value is multiplied with to count it in steps of x.
inline float steps_per(float x) { return x == 0.0f ? 0.0f : 1.0f / x; }

/// An F16 number that is always finite: what does not fit is clamped, NaN becomes 0.
inline std::uint16_t finite_f16(float x) {
    constexpr float kLargest = 65504.0f;
    return std::isnan(x) ? std::uint16_t{0} : f16_from_float(std::clamp(x, -kLargest, kLargest));
}

/// The value of largest magnitude, with its sign; the first of equals.
inline float extreme(std::span<const float> values) {
    float found = 0.0f;
    for (const float value : values) {
        if (std::abs(value) > std::abs(found)) found = value;
    }
    return found;
}

/// The smallest and the largest value.
struct Range {
    float low = 0.0f;
    float high = 0.0f;
};

inline Range range_of(std::span<const float> values) {
    Range range{values[0], values[0]};
    for (const float value : values) {
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
    }
    return range;
}

}  // namespace moe
