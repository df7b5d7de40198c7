#pragma once

#include "engine/kernels/block_formats.h"
#include "engine/kernels/matrix_kernels.h"

// Two vectors of rows at a time: their weights are decoded to unsigned bytes and laid out so that a vector
// has four successive values of each of its rows; then every token's values, four at a time, meet them.
// Signed weights become unsigned by adding 128, unless the processor multiplies them as they are. What was
// added, and what a format has for all its weights alike, is taken from the sums as integers.
//
//   bytes   [n_values / 4][kTileRows][4]
//   scale   [n_values / kGroup][kTileRows]
//   min     [n_values / kGroup][kTileRows]  where the format has them

namespace moe {

template <class S>
inline constexpr int kTileRowsOf = 2 * S::kLanes;

template <class S>
struct WeightTile {
    std::uint8_t* bytes;
    float* scale;
    float* min;

    static std::size_t size_bytes(std::size_t n_values) {
        return n_values * kTileRowsOf<S> + 2 * sizeof(float) * (n_values / 16) * kTileRowsOf<S>;
    }
    WeightTile(void* memory, std::size_t n_values)
        : bytes(static_cast<std::uint8_t*>(memory)),
          scale(reinterpret_cast<float*>(bytes + n_values * kTileRowsOf<S>)),
          min(scale + n_values / 16 * kTileRowsOf<S>) {}
};

template <class S, class F>
inline constexpr bool kHasSignedTile = F::kIsSigned&& S::template Products<F::kMaxWeight>::kTakesSigned;

/// A tile's weight is scale * (byte - this) where there are no mins.
template <class S, class F>
inline constexpr int kTileOffset = kHasSignedTile<S, F> ? 0 : F::kIsSigned ? 128 : F::kOffset;

/// The scales and mins of 256 values of S::kLanes rows, the first of the values being 256 * chunk.
template <class S, class F>
MOE_INLINE void decode_scales(const std::uint8_t* const (&rows)[S::kLanes], std::size_t chunk, std::size_t first_row,
                              const WeightTile<S>& tile) {
    constexpr int kScales = 256 / F::kGroup;
    const std::size_t at = chunk * kScales * kTileRowsOf<S> + first_row;
    for (int row = 0; row < S::kLanes; row += 8) {
        float scale[8][kScales];
        float min[8][kScales];
        for (int i = 0; i < 8; ++i) F::scales(rows[row + i], scale[i], min[i]);
        for (int first = 0; first < kScales; first += 8) {
            typename S::Floats8 square[8];
            typename S::Floats8 mins[8];
            for (int i = 0; i < 8; ++i) {
                square[i] = S::load8(scale[i] + first);
                if constexpr (F::kHasMins) mins[i] = S::load8(min[i] + first);
            }
            S::transpose8(square);
            if constexpr (F::kHasMins) S::transpose8(mins);
            for (int i = 0; i < 8; ++i) {
                const std::size_t to = at + static_cast<std::size_t>(first + i) * kTileRowsOf<S> + static_cast<std::size_t>(row);
                S::store8(square[i], tile.scale + to);
                if constexpr (F::kHasMins) S::store8(mins[i], tile.min + to);
            }
        }
    }
}

/// Lays out 256 values of S::kLanes rows, as above.
template <class S, class F>
MOE_INLINE void decode_chunk(const std::uint8_t* const (&rows)[S::kLanes], std::size_t chunk, std::size_t first_row,
                             const WeightTile<S>& tile) {
    decode_scales<S, F>(rows, chunk, first_row, tile);
    std::uint8_t* const to = tile.bytes + (chunk * 64 * kTileRowsOf<S> + first_row) * 4;
    for (int g = 0; g < 8; g += S::kGroups) {
        typename S::Bytes values[S::kLanes];
#pragma GCC unroll 16
        for (int row = 0; row < S::kLanes; ++row) {
            values[row] = F::values(rows[row], g);
            if constexpr (F::kIsSigned && !kHasSignedTile<S, F>) values[row] = S::flip(values[row], 0x80);
        }
        S::transpose_quads(values);
#pragma GCC unroll 16
        for (int quad = 0; quad < S::kLanes; ++quad) S::store(values[quad], to + (g * 8 + quad) * kTileRowsOf<S> * 4);
    }
}

/// Asks for the weights of the next tile, a share with each step of the work on this one.
class TilePrefetch {
  public:
    MOE_INLINE TilePrefetch(const std::uint8_t* from, std::size_t n_bytes, std::size_t n_steps)
        : at_(from), end_(from + n_bytes), share_((n_bytes / n_steps + 64) / 64 * 64) {}
    MOE_INLINE void step() {
        const std::uint8_t* const last = end_ - at_ < static_cast<std::ptrdiff_t>(share_) ? end_ : at_ + share_;
        for (; at_ < last; at_ += 64) __builtin_prefetch(at_, /*rw=*/0, /*locality=*/2);
    }

  private:
    const std::uint8_t* at_;
    const std::uint8_t* end_;
    std::size_t share_;
};

/// The rows of a tile; those beyond the last are zeros. `each_chunk` is called for each 256 values of S::kLanes rows.
template <class S, class F, class EachChunk>
MOE_INLINE void decode_tile(const BlockRows& weight, std::size_t first_row, std::size_t n_rows,
                            const WeightTile<S>& tile, const EachChunk& each_chunk) {
    alignas(64) std::uint8_t rest[S::kLanes][F::kBytes];
    for (std::size_t at = 0, chunk = 0; at < weight.row_bytes; at += F::kBytes, ++chunk) {
        for (std::size_t half = 0; half < kTileRowsOf<S>; half += S::kLanes) {
            const std::uint8_t* rows[S::kLanes];
            for (int i = 0; i < S::kLanes; ++i) {
                const std::size_t row = half + static_cast<std::size_t>(i);
                const bool is_there = row < n_rows;
                rows[i] = weight.data + (first_row + row) * weight.row_bytes + at;
                if (is_there && at + F::kBytes <= weight.row_bytes) continue;
                __builtin_memset(rest[i], 0, F::kBytes);
                if (is_there) __builtin_memcpy(rest[i], rows[i], weight.row_bytes - at);
                rows[i] = rest[i];
            }
            each_chunk();
            decode_chunk<S, F>(rows, chunk, half, tile);
        }
    }
}

/// A few rows of equal length. Their addresses are formed where they are used: there are no registers for a
/// pointer to each.
template <class T>
class StridedRows {
  public:
    MOE_INLINE StridedRows(const T* rows, std::size_t stride) : first_(rows), fourth_(rows + 3 * stride), stride_(stride) {}
    MOE_INLINE const T* row(int index) const {
        return index < 3 ? first_ + static_cast<std::size_t>(index) * stride_
                         : fourth_ + static_cast<std::size_t>(index - 3) * stride_;
    }
    MOE_INLINE void advance(std::size_t n) {
        first_ += n;
        fourth_ += n;
        asm("" : "+r"(first_), "+r"(fourth_), "+r"(stride_));  // else the compiler keeps the sums, in memory
    }

  private:
    const T* first_;
    const T* fourth_;
    std::size_t stride_;
};

/// The products of kTokens tokens with a tile, for the groups of 32 or 16 in [0, n_groups).
template <class S, class F, int kTokens>
MOE_INLINE void multiply_tile(const WeightTile<S>& tile, const RoundedRows& x, std::size_t token, std::size_t n_groups,
                              float (&out)[kTokens][kTileRowsOf<S>]) {
    using Products = typename S::template Products<F::kMaxWeight>;
    constexpr int kRows = kTileRowsOf<S>;
    constexpr int kQuads = F::kGroup / 4;
    constexpr int kOffset = kTileOffset<S, F>;
    const std::size_t n_scales = x.n_values / 32;
    const std::size_t n_sums = x.n_values / F::kGroup;
    StridedRows<std::int8_t> q(x.q + token * x.n_values, x.n_values);
    StridedRows<float> scales(x.scale + token * n_scales, n_scales);
    StridedRows<std::int32_t> sums((F::kGroup == 32 ? x.sum32 : x.sum16) + token * n_sums, n_sums);
    typename S::Floats floats[kTokens][2];
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) floats[t][0] = floats[t][1] = S::zero();
    for (std::size_t g = 0; g < n_groups; ++g) {
        typename Products::Sum sum[kTokens][2];
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; ++t) sum[t][0] = sum[t][1] = Products::zero();
        const std::uint8_t* const bytes = tile.bytes + g * kQuads * kRows * 4;
#pragma GCC unroll 8
        for (int quad = 0; quad < kQuads; quad += Products::kSteps) {
            typename S::Bytes weights[2][Products::kSteps];
#pragma GCC unroll 2
            for (int step = 0; step < Products::kSteps; ++step) {
                weights[0][step] = S::load(bytes + (quad + step) * kRows * 4);
                weights[1][step] = S::load(bytes + (quad + step) * kRows * 4 + S::kBytes);
            }
#pragma GCC unroll 8
            for (int t = 0; t < kTokens; ++t) {
                typename S::Bytes values[Products::kSteps];
#pragma GCC unroll 2
                for (int step = 0; step < Products::kSteps; ++step) {
                    values[step] = S::repeat4(q.row(t) + 4 * (quad + step));
                }
                sum[t][0] = Products::add(sum[t][0], weights[0], values);
                sum[t][1] = Products::add(sum[t][1], weights[1], values);
            }
        }
        const float* const scale = tile.scale + g * kRows;
        const float* const min = tile.min + g * kRows;
#pragma GCC unroll 8
        for (int t = 0; t < kTokens; ++t) {
            const float x_scale = *scales.row(t);
            const std::int32_t x_sum = *sums.row(t);
#pragma GCC unroll 2
            for (int r = 0; r < 2; ++r) {
                auto total = Products::total(sum[t][r]);
                if constexpr (kOffset != 0)
                    total = S::subtract(total, S::template all_shifted<__builtin_ctz(kOffset)>(x_sum));
                const auto factor = S::multiply(S::load(scale + r * S::kLanes), S::all(x_scale));
                floats[t][r] = S::multiply_add(S::from_ints(total), factor, floats[t][r]);
                if constexpr (F::kHasMins) {
                    const auto sum_of_x = S::multiply(S::from_ints(S::template all_shifted<0>(x_sum)), S::all(x_scale));
                    floats[t][r] = S::subtract_product(S::load(min + r * S::kLanes), sum_of_x, floats[t][r]);
                }
            }
        }
        q.advance(F::kGroup);
        sums.advance(1);
        if (F::kGroup == 32 || g % 2 == 1) scales.advance(1);
    }
#pragma GCC unroll 8
    for (int t = 0; t < kTokens; ++t) {
        S::store(floats[t][0], out[t]);
        S::store(floats[t][1], out[t] + S::kLanes);
    }
}

template <class S, class F, int kTokens>
MOE_INLINE void multiply_tokens(const WeightTile<S>& tile, const RoundedRows& x, std::size_t token,
                                std::size_t n_values, std::size_t n_rows, const ProductRows& y, std::size_t row) {
    alignas(64) float out[kTokens][kTileRowsOf<S>];
    multiply_tile<S, F, kTokens>(tile, x, token, n_values / F::kGroup, out);
    for (std::size_t t = 0; t < kTokens; ++t) {
        __builtin_memcpy(y.data + (token + t) * y.stride + row, out[t], n_rows * sizeof(float));
    }
}

template <class S, class F>
void block_gemm(const BlockRows& weight, const RoundedRows& x, const ProductRows& y, void* scratch) {
    constexpr std::size_t kRows = kTileRowsOf<S>;
    constexpr std::size_t kTokens = S::kGemmTokens;
    const std::size_t n_values = (weight.row_bytes + F::kBytes - 1) / F::kBytes * 256;
    const WeightTile<S> tile(scratch, n_values);
    // Most of the work: with few tokens the tile, with many the products.
    const bool is_few = x.n_rows < 4 * kTokens;
    const std::size_t n_steps = is_few ? n_values / 256 * (kRows / S::kLanes) : x.n_rows / kTokens + 1;
    for (std::size_t row = 0; row < weight.n_rows; row += kRows) {
        const std::size_t n_rows = weight.n_rows - row < kRows ? weight.n_rows - row : kRows;
        TilePrefetch next(weight.data + (row + kRows) * weight.row_bytes, kRows * weight.row_bytes, n_steps);
        decode_tile<S, F>(weight, row, n_rows, tile, [&] {
            if (is_few) next.step();
        });
        std::size_t token = 0;
        for (; token + kTokens <= x.n_rows; token += kTokens) {
            if (!is_few) next.step();
            multiply_tokens<S, F, kTokens>(tile, x, token, n_values, n_rows, y, row);
        }
        if (!is_few) next.step();
        for (; token + 2 <= x.n_rows; token += 2) {
            multiply_tokens<S, F, 2>(tile, x, token, n_values, n_rows, y, row);
        }
        if (token < x.n_rows) multiply_tokens<S, F, 1>(tile, x, token, n_values, n_rows, y, row);
    }
}

}  // namespace moe
