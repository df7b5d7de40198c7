#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "engine/base/matrix.h"
#include "engine/base/rng.h"
#include "engine/kernels/linear.h"
#include "engine/quant/decode.h"
#include "engine/quant/half.h"

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

/// Random bytes under small, valid scales.
inline RandomWeight random_weight(BlockType type, std::size_t n_out, std::size_t n_in, std::uint64_t seed) {
    const BlockLayout layout = block_layout(type);
    const std::size_t row_bytes = n_in / layout.values * layout.size_bytes;
    RandomWeight weight{.bytes = std::vector<std::byte>(n_out * row_bytes),
                        .values = Matrix<float>(n_out, n_in),
                        .type = type};
    Rng rng(seed);
    for (std::byte& byte : weight.bytes) byte = static_cast<std::byte>(rng.below(256));
    for (std::size_t block = 0; block < weight.bytes.size() / layout.size_bytes; ++block) {
        std::byte* const at = weight.bytes.data() + block * layout.size_bytes;
        const auto small = static_cast<float>(rng.uniform() - 0.5);
        const std::uint16_t half = f16_from_float(layout.values == 1 ? small : small / 64.0f);
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(small);
        const auto upper = static_cast<std::uint16_t>(bits >> 16);
        if (type == BlockType::F32)
            std::memcpy(at, &bits, sizeof bits);
        else if (type == BlockType::BF16)
            std::memcpy(at, &upper, sizeof upper);
        else
            std::memcpy(at, &half, sizeof half);  // an F16 value, or the scale of a block
    }
    for (std::size_t row = 0; row < n_out; ++row) {
        decode_row(type, weight.bytes.data() + row * row_bytes, weight.values.row(row));
    }
    return weight;
}

}  // namespace moe::test
