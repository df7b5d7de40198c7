#pragma once

#include <bit>
#include <cstdint>

namespace moe {

/// An IEEE 754 binary16 value, exactly.
inline float float_from_half(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1Fu;
    const std::uint32_t fraction = half & 0x3FFu;
    if (exponent == 0) {  // zero or subnormal: fraction / 2^24
        const float magnitude = static_cast<float>(fraction) * 0x1.0p-24f;
        return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
    }
    const std::uint32_t wide_exponent = exponent == 0x1F ? 0xFFu : exponent + 112u;
    return std::bit_cast<float>(sign | (wide_exponent << 23) | (fraction << 13));
}

}  // namespace moe
