#include "engine/quant/decode.h"

#include <cstring>

#include "engine/base/check.h"
#include "engine/quant/half.h"

namespace moe {
namespace {

/// A block at any address. Files promise alignment for tensors, not for blocks of 18 or 34 bytes.
template <class Block>
Block load(const std::byte* row, std::size_t index) {
    Block block;
    std::memcpy(&block, row + index * sizeof(Block), sizeof(Block));
    return block;
}

void decode_f32(const std::byte* row, std::span<float> out) {
    std::memcpy(out.data(), row, out.size_bytes());
}

void decode_f16(const std::byte* row, std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = float_from_f16(load<std::uint16_t>(row, i));
}

void decode_bf16(const std::byte* row, std::span<float> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = float_from_bf16(load<std::uint16_t>(row, i));
}

void decode_q8_0(const std::byte* row, std::span<float> out) {
    constexpr std::size_t kValues = BlockQ8_0::kValues;
    for (std::size_t first = 0; first < out.size(); first += kValues) {
        const auto block = load<BlockQ8_0>(row, first / kValues);
        const float d = float_from_f16(block.d);
        for (std::size_t j = 0; j < kValues; ++j) out[first + j] = d * static_cast<float>(block.q[j]);
    }
}

void decode_q4_0(const std::byte* row, std::span<float> out) {
    constexpr std::size_t kHalf = BlockQ4_0::kValues / 2;
    for (std::size_t first = 0; first < out.size(); first += BlockQ4_0::kValues) {
        const auto block = load<BlockQ4_0>(row, first / BlockQ4_0::kValues);
        const float d = float_from_f16(block.d);
        for (std::size_t j = 0; j < kHalf; ++j) {
            out[first + j] = d * static_cast<float>((block.q[j] & 0x0F) - 8);
            out[first + j + kHalf] = d * static_cast<float>((block.q[j] >> 4) - 8);
        }
    }
}

}  // namespace

void decode_row(BlockType type, const std::byte* row, std::span<float> out) {
    MOE_CHECK(out.size() % block_layout(type).values == 0);
    if (out.empty()) return;
    switch (type) {
        case BlockType::F32:
            return decode_f32(row, out);
        case BlockType::F16:
            return decode_f16(row, out);
        case BlockType::BF16:
            return decode_bf16(row, out);
        case BlockType::Q8_0:
            return decode_q8_0(row, out);
        case BlockType::Q4_0:
            return decode_q4_0(row, out);
    }
    MOE_CHECK(false);
}

}  // namespace moe
