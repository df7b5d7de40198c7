#pragma once

#include <bit>
#include <cstdint>
#include <optional>

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

/// The binary16 value that equals `value`, where there is one.
inline std::optional<std::uint16_t> exact_half(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
    const bool is_normal = 0x38800000u <= magnitude && magnitude < 0x47800000u;  // 2^-14 to below 2^16
    if (is_normal && (magnitude & 0x1FFFu) == 0)
        return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000u) >> 13));
    const float fraction = std::bit_cast<float>(magnitude) * 0x1.0p24f;  // of a subnormal, in 1 / 2^24
    if (!(fraction < 1024.0f)) return std::nullopt;
    const auto whole = static_cast<std::uint32_t>(fraction);
    if (static_cast<float>(whole) != fraction) return std::nullopt;
    return static_cast<std::uint16_t>(sign | whole);
}

}  // namespace moe
