#pragma once

#include <bit>
#include <cstdint>

namespace moe {

/// The value of an IEEE 754 binary16 number; exact, subnormals, infinities and NaN included.
inline float float_from_f16(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1Fu;
    const std::uint32_t mantissa = half & 0x3FFu;
    if (exponent == 0) {
        // Zero and subnormals: mantissa 2^-24, which a float holds exactly.
        const float magnitude = static_cast<float>(mantissa) * 0x1.0p-24f;
        return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
    }
    if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
    return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (mantissa << 13));
}

/// The nearest binary16 number, ties to even; too large becomes infinity, NaN stays NaN.
inline std::uint16_t f16_from_float(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u)
        return static_cast<std::uint16_t>(sign | 0x7E00u | ((magnitude >> 13) & 0x3FFu));
    if (magnitude >= 0x47800000u) return static_cast<std::uint16_t>(sign | 0x7C00u);  // 2^16 and above
    if (magnitude < 0x38800000u) {
        // Below 2^-14. Adding 0.5 leaves 2^-24, the spacing of subnormals, as the float's last bit, so
        // that the addition itself rounds to nearest even.
        const float aligned = std::bit_cast<float>(magnitude) + 0.5f;
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(aligned) - 0x3F000000u));
    }
    const std::uint32_t is_odd = (magnitude >> 13) & 1u;
    const std::uint32_t rounded = magnitude + 0xFFFu + is_odd;  // a carry into the exponent is right
    return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000u) >> 13));
}

/// The value of a bfloat16 number: the upper half of a float.
inline float float_from_bf16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// The nearest bfloat16 number, ties to even; NaN stays NaN.
inline std::uint16_t bf16_from_float(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x0040u);
    const std::uint32_t is_odd = (bits >> 16) & 1u;
    return static_cast<std::uint16_t>((bits + 0x7FFFu + is_odd) >> 16);
}

}  // namespace moe
