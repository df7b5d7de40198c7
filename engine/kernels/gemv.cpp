#include "engine/kernels/gemv.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/kernels/lanes.h"
#include "engine/kernels/target_clones.h"
#include "engine/kernels/vector_ops.h"
#include "engine/quant/decode.h"

// A row is walked in chunks of 32 values, a lane for each value. A chunk is decoded to floats, multiplied
// with the same chunk of up to four tokens and added to their lanes.

namespace moe {
namespace {

constexpr std::size_t kChunkValues = kLanes;
constexpr std::size_t kPrefetchBytes = 4096;  // ahead of use; the hardware's own prefetch stops at a page

/// F16 to float without a branch, so that a loop over it becomes vector code.
[[gnu::always_inline]] inline float decode_f16(std::uint16_t bits) {
    constexpr std::uint32_t kExponentShift = 112u << 23;  // from a bias of 15 to one of 127
    const std::uint32_t magnitude = static_cast<std::uint32_t>(bits & 0x7FFFu) << 13;
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
    const std::uint32_t normal = magnitude + kExponentShift;
    const std::uint32_t infinite = normal + kExponentShift;
    // A subnormal's digits become a fraction of 2^-14 when that value is subtracted again.
    const float subnormal = std::bit_cast<float>(normal + (1u << 23)) - 0x1p-14f;
    const std::uint32_t finite = magnitude < (1u << 23) ? std::bit_cast<std::uint32_t>(subnormal) : normal;
    return std::bit_cast<float>((magnitude >= (31u << 23) ? infinite : finite) | sign);
}

template <class T>
[[gnu::always_inline]] inline T load(const std::byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

struct F32Chunk {
    static constexpr std::size_t kBytes = 4 * kChunkValues;
    [[gnu::always_inline]] static void decode(const std::byte* from, std::size_t count, float* to) {
        std::memcpy(to, from, count * sizeof(float));
    }
};

struct F16Chunk {
    static constexpr std::size_t kBytes = 2 * kChunkValues;
    [[gnu::always_inline]] static void decode(const std::byte* from, std::size_t count, float* to) {
        for (std::size_t i = 0; i < count; ++i) to[i] = decode_f16(load<std::uint16_t>(from + 2 * i));
    }
};

struct Bf16Chunk {
    static constexpr std::size_t kBytes = 2 * kChunkValues;
    [[gnu::always_inline]] static void decode(const std::byte* from, std::size_t count, float* to) {
        for (std::size_t i = 0; i < count; ++i) {
            to[i] = std::bit_cast<float>(static_cast<std::uint32_t>(load<std::uint16_t>(from + 2 * i)) << 16);
        }
    }
};

template <std::size_t kTokens>
struct TokenLanes {
    float sum[kTokens][kLanes] = {};
    const float* x[kTokens];
};

template <class Chunk, std::size_t kTokens>
[[gnu::always_inline]] inline void add_chunk(const std::byte* from, std::size_t first,
                                             TokenLanes<kTokens>& tokens) {
    float values[kChunkValues];
    Chunk::decode(from, kChunkValues, values);
    for (std::size_t token = 0; token < kTokens; ++token) {
        const float* const x = tokens.x[token] + first;
        for (std::size_t lane = 0; lane < kLanes; ++lane) tokens.sum[token][lane] += values[lane] * x[lane];
    }
}

/// The values after the last whole chunk.
template <class Chunk, std::size_t kTokens>
[[gnu::always_inline]] inline void add_rest(const std::byte* from, std::size_t first, std::size_t count,
                                            TokenLanes<kTokens>& tokens) {
    float values[kChunkValues];
    Chunk::decode(from, count, values);
    for (std::size_t token = 0; token < kTokens; ++token) {
        for (std::size_t i = 0; i < count; ++i) {
            tokens.sum[token][i] += values[i] * tokens.x[token][first + i];
        }
    }
}

template <class Chunk, std::size_t kTokens>
[[gnu::always_inline]] inline void some_tokens(const WeightMatrix& weight, MatrixView<const float> x,
                                               MatrixView<float> y) {
    const std::size_t n_chunks = weight.n_in / kChunkValues;
    const std::size_t n_rest = weight.n_in % kChunkValues;
    const std::size_t row_bytes = weight.row_bytes();
    for (std::size_t row = 0; row < weight.n_out; ++row) {
        const std::byte* from = weight.data + row * row_bytes;
        TokenLanes<kTokens> tokens;
        for (std::size_t token = 0; token < kTokens; ++token) tokens.x[token] = x.data + token * x.stride;
        for (std::size_t chunk = 0; chunk < n_chunks; ++chunk, from += Chunk::kBytes) {
            __builtin_prefetch(from + kPrefetchBytes);
            add_chunk<Chunk, kTokens>(from, chunk * kChunkValues, tokens);
        }
        if (n_rest > 0) add_rest<Chunk, kTokens>(from, n_chunks * kChunkValues, n_rest, tokens);
        for (std::size_t token = 0; token < kTokens; ++token) {
            y.data[token * y.stride + row] = sum_lanes(tokens.sum[token]);
        }
    }
}

template <class Chunk>
[[gnu::always_inline]] inline void all_tokens(const WeightMatrix& weight, MatrixView<const float> x,
                                              MatrixView<float> y) {
    for (std::size_t token = 0; token < x.rows;) {
        const std::size_t n_left = x.rows - token;
        const std::size_t n_taken = n_left >= 4 ? 4 : n_left >= 2 ? 2 : 1;
        const MatrixView<const float> some_x(x.data + token * x.stride, n_taken, x.cols, x.stride);
        const MatrixView<float> some_y(y.data + token * y.stride, n_taken, y.cols, y.stride);
        if (n_taken == 4)
            some_tokens<Chunk, 4>(weight, some_x, some_y);
        else if (n_taken == 2)
            some_tokens<Chunk, 2>(weight, some_x, some_y);
        else
            some_tokens<Chunk, 1>(weight, some_x, some_y);
        token += n_taken;
    }
}

/// For blocks, whose rows are decoded one by one by the scalar decoder.
void gemv_by_rows(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y) {
    thread_local std::vector<float> values;
    values.resize(weight.n_in);
    const std::size_t row_bytes = weight.row_bytes();
    for (std::size_t row = 0; row < weight.n_out; ++row) {
        decode_row(weight.type, weight.data + row * row_bytes, values);
        for (std::size_t token = 0; token < x.rows; ++token) y.row(token)[row] = dot(x.row(token), values);
    }
}

MOE_TARGET_CLONES void gemv_of_type(const WeightMatrix& weight, MatrixView<const float> x,
                                    MatrixView<float> y) {
    switch (weight.type) {
        case BlockType::F32:
            return all_tokens<F32Chunk>(weight, x, y);
        case BlockType::F16:
            return all_tokens<F16Chunk>(weight, x, y);
        case BlockType::BF16:
            return all_tokens<Bf16Chunk>(weight, x, y);
        default:
            return gemv_by_rows(weight, x, y);
    }
}

}  // namespace

void gemv(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y) {
    MOE_CHECK(x.cols == weight.n_in && y.cols == weight.n_out && x.rows == y.rows);
    gemv_of_type(weight, x, y);
}

}  // namespace moe
