#pragma once

#include "engine/kernels/block_formats.h"
#include "engine/kernels/matrix_kernels.h"

// One row after the other, 256 values at a time. The stream of weights is what takes time, so it is asked
// for ahead: the hardware's own prefetch stops at every page.

namespace moe {

inline constexpr int kGemvPrefetchBytes = 8192;
inline constexpr int kCacheLine = 64;

/// Adds the products of 256 values.
template <class S, class F>
struct GemvSums {
    typename S::Floats products[2] = {S::zero(), S::zero()};  // two, to hide the latency of an addition
    typename S::Floats8 mins = S::zero8();  // or the offset's share

    MOE_INLINE void add(const std::uint8_t* weights, const std::int8_t* q, const float* x_scale,
                        const std::int32_t* x_sum32, const std::int32_t* x_sum16) {
        constexpr int kScales = 256 / F::kGroup;
        float scale[kScales];
        float min[kScales];
        F::scales(weights, scale, min);
        const std::int32_t* const x_sum = F::kGroup == 32 ? x_sum32 : x_sum16;
        for (int i = 0; i < kScales; i += 8) {
            typename S::Floats8 x_scales;
            if constexpr (F::kGroup == 32)
                x_scales = S::load8(x_scale);
            else
                x_scales = S::twice_each(x_scale + i / 2);
            const auto factors = S::multiply8(S::load8(scale + i), x_scales);
            S::store8(factors, scale + i);
            if constexpr (F::kHasMins) {
                const auto x_sums = S::multiply8(S::load8_ints(x_sum + i), x_scales);
                mins = S::multiply_add8(S::load8(min + i), x_sums, mins);
            } else if constexpr (F::kOffset != 0) {
                mins = S::multiply_add8(factors, S::load8_ints(x_sum + i), mins);
            }
        }
#pragma GCC unroll 8
        for (int g = 0; g < 8; g += S::kGroups) {
            const auto values = F::values(weights, g);
            const auto x = S::load(reinterpret_cast<const std::uint8_t*>(q) + 32 * g);
            const auto dot = F::kIsSigned ? S::dot_signed(values, x) : S::dot_unsigned(values, x);
            const auto factors = F::kGroup == 32 ? S::spread32(scale + g) : S::spread16(scale + 2 * g);
            auto& sum = products[g / S::kGroups % 2];
            sum = S::multiply_add(S::from_ints(dot), factors, sum);
        }
    }
    MOE_INLINE float total() const {
        const float sum = S::sum(products[0]) + S::sum(products[1]);
        if constexpr (F::kHasMins) return sum - S::sum8(mins);
        if constexpr (F::kOffset != 0) return sum - static_cast<float>(F::kOffset) * S::sum8(mins);
        return sum;
    }
};

template <class S, class F>
MOE_INLINE float gemv_row(const std::uint8_t* weights, std::size_t row_bytes, const std::int8_t* q,
                          const float* x_scale, const std::int32_t* x_sum32, const std::int32_t* x_sum16) {
    GemvSums<S, F> sums;
    for (; row_bytes >= F::kBytes; row_bytes -= F::kBytes) {
        for (int line = 0; line < F::kBytes; line += kCacheLine) {
            __builtin_prefetch(weights + kGemvPrefetchBytes + line);
        }
        sums.add(weights, q, x_scale, x_sum32, x_sum16);
        weights += F::kBytes;
        q += 256;
        x_scale += 8;
        x_sum32 += 8;
        x_sum16 += 16;
    }
    if (row_bytes > 0) {  // the last blocks of 32, among empty ones
        std::uint8_t rest[F::kBytes] = {};
        __builtin_memcpy(rest, weights, row_bytes);
        sums.add(rest, q, x_scale, x_sum32, x_sum16);
    }
    return sums.total();
}

template <class S, class F>
void block_gemv(const BlockRows& weight, const RoundedRows& x, const ProductRows& y) {
    for (int at = 0; at < kGemvPrefetchBytes; at += kCacheLine) __builtin_prefetch(weight.data + at);
    const std::size_t n_groups = x.n_values / 32;
    for (std::size_t row = 0; row < weight.n_rows; ++row) {
        const std::uint8_t* const weights = weight.data + row * weight.row_bytes;
        for (std::size_t token = 0; token < x.n_rows; ++token) {
            y.data[token * y.stride + row] =
                gemv_row<S, F>(weights, weight.row_bytes, x.q + token * x.n_values, x.scale + token * n_groups,
                               x.sum32 + token * n_groups, x.sum16 + token * 2 * n_groups);
        }
    }
}

}  // namespace moe
