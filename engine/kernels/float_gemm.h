#pragma once

#include "engine/kernels/block_gemm.h"
#include "engine/kernels/float_formats.h"

// Many tokens and weights without blocks. As block_gemm.h has it, with tiles of floats: kRows rows by
// kFloatBlock inputs, which stay in the first-level cache while all tokens pass.
//
//   tile  [kFloatBlock][kRows]
//   sums  [n_tokens][kRows]

namespace moe {

inline constexpr std::size_t kFloatBlock = 256;

/// Eight values of each of eight rows from `from` on, of which n_rows and n_values are there.
template <class S, class V>
MOE_INLINE void decode_square(const std::uint8_t* from, std::size_t row_bytes, std::size_t n_rows,
                              std::size_t n_values, float* to, std::size_t stride) {
    typename S::Floats8 rows[8];
    std::uint8_t rest[8 * V::kBytes] = {};
    for (std::size_t row = 0; row < 8; ++row) {
        const std::uint8_t* at = from + row * row_bytes;
        if (row >= n_rows) {
            rows[row] = S::zero8();
            continue;
        }
        if (n_values < 8) {
            __builtin_memcpy(rest, at, n_values * V::kBytes);
            at = rest;
        }
        rows[row] = V::load8(at);
    }
    S::transpose8(rows);
    for (std::size_t i = 0; i < n_values && i < 8; ++i) S::store8(rows[i], to + i * stride);
}

template <class S, class V>
MOE_INLINE void decode_float_tile(const BlockRows& weight, std::size_t row, std::size_t first, std::size_t count,
                                  float* tile) {
    constexpr std::size_t kRows = kTileRowsOf<S>;
    for (std::size_t r = 0; r < kRows; r += 8) {
        const std::size_t n_left = weight.n_rows > row + r ? weight.n_rows - row - r : 0;
        const std::uint8_t* const from = weight.data + (row + r) * weight.row_bytes + first * V::kBytes;
        for (std::size_t i = 0; i < count; i += 8) {
            decode_square<S, V>(from + i * V::kBytes, weight.row_bytes, n_left, count - i, tile + i * kRows + r, kRows);
        }
    }
}

/// Adds the products of kTokens tokens with `count` inputs of the tile.
template <class S, std::size_t kTokens>
MOE_INLINE void add_products(const float* tile, std::size_t count, const float* x, std::size_t x_stride, float* sums) {
    constexpr std::size_t kRows = kTileRowsOf<S>;
    typename S::Floats sum[kTokens][2];
#pragma GCC unroll 12
    for (std::size_t t = 0; t < kTokens; ++t) {
        sum[t][0] = S::load(sums + t * kRows);
        sum[t][1] = S::load(sums + t * kRows + S::kLanes);
    }
    for (std::size_t i = 0; i < count; ++i, tile += kRows) {
        const auto first = S::load(tile);
        const auto second = S::load(tile + S::kLanes);
#pragma GCC unroll 12
        for (std::size_t t = 0; t < kTokens; ++t) {
            const auto value = S::all(x[t * x_stride + i]);
            sum[t][0] = S::multiply_add(first, value, sum[t][0]);
            sum[t][1] = S::multiply_add(second, value, sum[t][1]);
        }
    }
#pragma GCC unroll 12
    for (std::size_t t = 0; t < kTokens; ++t) {
        S::store(sum[t][0], sums + t * kRows);
        S::store(sum[t][1], sums + t * kRows + S::kLanes);
    }
}

template <class S, class V>
void float_gemm(const BlockRows& weight, const FloatRows& x, const ProductRows& y, void* scratch) {
    constexpr std::size_t kRows = kTileRowsOf<S>;
    constexpr std::size_t kTokens = S::kFloatTokens;
    float* const tile = static_cast<float*>(scratch);
    float* const sums = tile + kFloatBlock * kRows;
    for (std::size_t row = 0; row < weight.n_rows; row += kRows) {
        __builtin_memset(sums, 0, x.n_rows * kRows * sizeof(float));
        for (std::size_t first = 0; first < x.n_values; first += kFloatBlock) {
            const std::size_t count = x.n_values - first < kFloatBlock ? x.n_values - first : kFloatBlock;
            decode_float_tile<S, V>(weight, row, first, count, tile);
            const float* const values = x.data + first;
            std::size_t t = 0;
            for (; t + kTokens <= x.n_rows; t += kTokens)
                add_products<S, kTokens>(tile, count, values + t * x.stride, x.stride, sums + t * kRows);
            for (; t + 2 <= x.n_rows; t += 2)
                add_products<S, 2>(tile, count, values + t * x.stride, x.stride, sums + t * kRows);
            if (t < x.n_rows) add_products<S, 1>(tile, count, values + t * x.stride, x.stride, sums + t * kRows);
        }
        const std::size_t n_rows = weight.n_rows - row < kRows ? weight.n_rows - row : kRows;
        for (std::size_t t = 0; t < x.n_rows; ++t) {
            __builtin_memcpy(y.data + t * y.stride + row, sums + t * kRows, n_rows * sizeof(float));
        }
    }
}

}  // namespace moe
