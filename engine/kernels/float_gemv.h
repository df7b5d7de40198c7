#pragma once

#include "engine/kernels/block_gemv.h"
#include "engine/kernels/float_formats.h"

// Few tokens and weights without blocks. As block_gemv.h has it: one row after the other, asked for ahead.

namespace moe {

/// The products of a row with kTokens tokens.
template <class S, class V, std::size_t kTokens>
struct FloatRowSums {
    static constexpr std::size_t kSums = 4;  // of a token, to hide the latency of an addition
    static constexpr std::size_t kLanes = S::kLanes;
    typename S::Floats sum[kTokens][kSums];

    MOE_INLINE FloatRowSums() {
        for (auto& sums : sum) {
            for (auto& one : sums) one = S::zero();
        }
    }
    /// kLanes values more.
    MOE_INLINE void add(const std::uint8_t* weights, const float* x, std::size_t x_stride, std::size_t which) {
        const auto values = V::load(weights);
        for (std::size_t t = 0; t < kTokens; ++t)
            sum[t][which] = S::multiply_add(values, S::load(x + t * x_stride), sum[t][which]);
    }
    MOE_INLINE float total(std::size_t t) const {
        return S::sum(S::add(S::add(sum[t][0], sum[t][1]), S::add(sum[t][2], sum[t][3])));
    }
};

template <class S, class V, std::size_t kTokens>
MOE_INLINE void float_gemv_row(const std::uint8_t* weights, const float* x, std::size_t x_stride,
                               std::size_t n_values, float* y, std::size_t y_stride) {
    using Sums = FloatRowSums<S, V, kTokens>;
    constexpr std::size_t kLanes = Sums::kLanes;
    constexpr std::size_t kStep = Sums::kSums * kLanes;
    Sums sums;
    for (; n_values >= kStep; n_values -= kStep, weights += kStep * V::kBytes, x += kStep) {
        for (std::size_t line = 0; line < kStep * V::kBytes; line += kCacheLine)
            __builtin_prefetch(weights + kGemvPrefetchBytes + line);
#pragma GCC unroll 4
        for (std::size_t i = 0; i < Sums::kSums; ++i)
            sums.add(weights + i * kLanes * V::kBytes, x + i * kLanes, x_stride, i);
    }
    for (; n_values >= kLanes; n_values -= kLanes, weights += kLanes * V::kBytes, x += kLanes)
        sums.add(weights, x, x_stride, 0);
    if (n_values > 0) {  // among zeros
        std::uint8_t last_weights[kLanes * V::kBytes] = {};
        float last_x[kTokens][kLanes] = {};
        __builtin_memcpy(last_weights, weights, n_values * V::kBytes);
        for (std::size_t t = 0; t < kTokens; ++t)
            __builtin_memcpy(last_x[t], x + t * x_stride, n_values * sizeof(float));
        sums.add(last_weights, last_x[0], kLanes, 0);
    }
    for (std::size_t t = 0; t < kTokens; ++t) y[t * y_stride] = sums.total(t);
}

template <class S, class V>
void float_gemv(const BlockRows& weight, const FloatRows& x, const ProductRows& y) {
    for (std::size_t row = 0; row < weight.n_rows; ++row) {
        const std::uint8_t* const weights = weight.data + row * weight.row_bytes;
        std::size_t t = 0;
        for (; t + 2 <= x.n_rows; t += 2) {
            float_gemv_row<S, V, 2>(weights, x.data + t * x.stride, x.stride, x.n_values,
                                    y.data + t * y.stride + row, y.stride);
        }
        if (t < x.n_rows) {
            float_gemv_row<S, V, 1>(weights, x.data + t * x.stride, x.stride, x.n_values,
                                    y.data + t * y.stride + row, y.stride);
        }
    }
}

}  // namespace moe
