#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/matrix.h"
#include "engine/base/rng.h"
#include "engine/kernels/linear.h"
#include "engine/quant/decode.h"
#include "engine/quant/random_blocks.h"

namespace moe::test {

/// Numbers uniform in [-1, 1).
inline Matrix<float> random_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
    Rng rng(seed);
    Matrix<float> matrix(rows, cols);
    for (float& value : matrix.values()) value = static_cast<float>(2.0 * rng.uniform() - 1.0);
    return matrix;
}

/// A weight of any type with its bytes, and the floats that the bytes stand for.
struct RandomWeight {
    std::vector<std::byte> bytes;
    Matrix<float> values;  ///< [n_out, n_in]
    BlockType type = BlockType::F32;

    WeightMatrix matrix() const { return {bytes.data(), type, values.rows(), values.cols()}; }
};

/// Where the small scales of a type's groups lie in a block; no bytes for types without.
struct GroupScales {
    std::size_t first = 0;
    std::size_t count = 0;
};
inline GroupScales group_scales(BlockType type) {
    switch (type) {
        case BlockType::Q2_K:
            return {offsetof(BlockQ2_K, scales), sizeof(BlockQ2_K::scales)};
        case BlockType::Q3_K:
            return {offsetof(BlockQ3_K, scales), sizeof(BlockQ3_K::scales)};
        case BlockType::Q4_K:
            return {offsetof(BlockQ4_K, scales), sizeof(BlockQ4_K::scales)};
        case BlockType::Q5_K:
            return {offsetof(BlockQ5_K, scales), sizeof(BlockQ5_K::scales)};
        case BlockType::Q6_K:
            return {offsetof(BlockQ6_K, scales), sizeof(BlockQ6_K::scales)};
        case BlockType::IQ4_XS:
            return {offsetof(BlockIQ4_XS, scales_high),
                    sizeof(BlockIQ4_XS::scales_high) + sizeof(BlockIQ4_XS::scales_low)};
        default:
            return {};
    }
}

/// Random numbers of about 0.3 in any type; blocks have random bits, also in the scales of their groups.
inline RandomWeight random_weight(BlockType type, std::size_t n_out, std::size_t n_in, std::uint64_t seed) {
    constexpr float kDeviation = 0.3f;
    const BlockLayout layout = block_layout(type);
    const std::size_t row_bytes = n_in / layout.values * layout.size_bytes;
    RandomWeight weight{.bytes = std::vector<std::byte>(n_out * row_bytes),
                        .values = Matrix<float>(n_out, n_in),
                        .type = type};
    Rng rng(seed);
    for (std::size_t row = 0; row < n_out; ++row) {
        fill_random_blocks(type, kDeviation, rng, std::span(weight.bytes).subspan(row * row_bytes, row_bytes));
    }
    const GroupScales scales = group_scales(type);
    for (std::size_t block = 0; block < weight.bytes.size(); block += layout.size_bytes) {
        for (std::size_t i = 0; i < scales.count; ++i)
            weight.bytes[block + scales.first + i] = static_cast<std::byte>(rng.below(256));
    }
    for (std::size_t row = 0; row < n_out; ++row) {
        decode_row(type, weight.bytes.data() + row * row_bytes, weight.values.row(row));
    }
    return weight;
}

}  // namespace moe::test
