#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace moe {

// Eight numbers that are computed with at once. A function with MOE_TARGET_CLONES gets the machine's own
// instructions for them, and every machine the same bits. Helpers take them by reference, as how a vector is
// passed by value differs between machines.

using Vector8 [[gnu::vector_size(32)]] = float;
using IntVector8 [[gnu::vector_size(32)]] = std::int32_t;
using UnalignedVector8 [[gnu::vector_size(32), gnu::may_alias, gnu::aligned(4)]] = float;
inline constexpr std::size_t kVectorWidth = 8;

/// The eight floats from x on.
[[gnu::always_inline]] inline const UnalignedVector8& vector_at(const float* x) {
    return *reinterpret_cast<const UnalignedVector8*>(x);
}
[[gnu::always_inline]] inline UnalignedVector8& vector_at(float* x) {
    return *reinterpret_cast<UnalignedVector8*>(x);
}

/// x0 + ... + x7 of four vectors, each halves first.
[[gnu::always_inline]] inline void sum_four(const Vector8* x, float (&sums)[4]) {
    using Vector4 [[gnu::vector_size(16)]] = float;
    Vector4 fours[4];
    for (std::size_t i = 0; i < 4; ++i) {
        Vector4 halves[2];
        std::memcpy(halves, &x[i], sizeof halves);
        fours[i] = halves[0] + halves[1];
    }
    Vector4 pairs[2];  // {x0 + x2, y0 + y2, x1 + x3, y1 + y3} of two neighbours x and y
    for (std::size_t i = 0; i < 2; ++i) {
        pairs[i] = __builtin_shufflevector(fours[2 * i], fours[2 * i + 1], 0, 4, 1, 5) +
                   __builtin_shufflevector(fours[2 * i], fours[2 * i + 1], 2, 6, 3, 7);
    }
    const Vector4 all = __builtin_shufflevector(pairs[0], pairs[1], 0, 1, 4, 5) +
                        __builtin_shufflevector(pairs[0], pairs[1], 2, 3, 6, 7);
    std::memcpy(sums, &all, sizeof sums);
}

}  // namespace moe
