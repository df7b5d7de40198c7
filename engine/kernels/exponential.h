#pragma once

#include <cstdint>
#include <cstring>

#include "engine/kernels/vector8.h"

namespace moe {

// e^x and what follows from it, for one float and for eight, with the same bits. std::exp would be called for
// one number after the other. Polynomials are fitted at Chebyshev nodes.

/// The integers that a float, or eight, is made of.
template <class Float>
struct BitsOf;
template <>
struct BitsOf<float> {
    using Type = std::int32_t;
};
template <>
struct BitsOf<Vector8> {
    using Type = IntVector8;
};

/// std::bit_cast, which would return a vector by value.
template <class To, class From>
[[gnu::always_inline]] inline void copy_bits(const From& from, To& to) {
    static_assert(sizeof from == sizeof to);
    std::memcpy(&to, &from, sizeof to);
}

/// x = e^x within 2 units in the last place. Overflows to infinity and underflows through the subnormals to
/// 0; NaN stays.
template <class Float>
[[gnu::always_inline]] inline void raise_e(Float& x) {
    using Bits = typename BitsOf<Float>::Type;
    constexpr float kLog2E = 1.44269504f;
    constexpr float kLn2High = 0.693359375f;  // few bits: times n it is exact
    constexpr float kLn2Low = -2.12194440e-4f;
    constexpr float kToInteger = 12582912.0f;  // 1.5 * 2^23: beside it a float has no fraction
    const Float above = x < -104.0f ? Float{} - 104.0f : x;
    const Float inside = above > 89.0f ? Float{} + 89.0f : above;
    const Float shifted = inside * kLog2E + kToInteger;
    const Float n = shifted - kToInteger;
    const Float r = (inside - n * kLn2High) - n * kLn2Low;  // |r| <= ln(2) / 2
    Float p = r * 1.392625083e-3f + 8.363232884e-3f;
    p = p * r + 4.166655421e-2f;
    p = p * r + 1.666657667e-1f;
    p = p * r + 0.5f;
    p = (r * r * p + r) + 1.0f;
    // 2^n as two factors, each of which is a normal number.
    Bits power;
    copy_bits(shifted, power);
    power = (power & 0x7FFFFF) - 0x400000;  // n is what is left below the leading bits of 1.5 * 2^23
    const Bits half = power >> 1;
    const Bits exponents[2] = {(half + 127) << 23, (power - half + 127) << 23};
    Float factors[2];
    copy_bits(exponents, factors);
    x = p * factors[0] * factors[1];
}

/// x = 1 / (1 + e^-x).
template <class Float>
[[gnu::always_inline]] inline void apply_sigmoid(Float& x) {
    x = -x;
    raise_e(x);
    x = 1.0f / (x + 1.0f);
}

/// x = tanh(x) within 4 units in the last place.
template <class Float>
[[gnu::always_inline]] inline void apply_tanh(Float& x) {
    using Bits = typename BitsOf<Float>::Type;
    Bits bits;
    copy_bits(x, bits);
    const Bits sign = bits & INT32_MIN;
    bits &= INT32_MAX;
    Float size;
    copy_bits(bits, size);
    const Float z = x * x;
    Float p = z * 2.292744816e-3f - 8.343945516e-3f;
    p = p * z + 2.176891865e-2f;
    p = p * z - 5.395925958e-2f;
    p = p * z + 1.333330356e-1f;
    p = p * z - 3.333333317e-1f;
    Float far = size + size;
    raise_e(far);
    far = 1.0f - 2.0f / (far + 1.0f);
    const Float magnitude = size < 0.625f ? size + size * z * p : far;
    copy_bits(magnitude, bits);
    bits |= sign;
    copy_bits(bits, x);
}

inline float fast_exp(float x) {
    raise_e(x);
    return x;
}

inline float fast_sigmoid(float x) {
    apply_sigmoid(x);
    return x;
}

inline float fast_tanh(float x) {
    apply_tanh(x);
    return x;
}

}  // namespace moe
