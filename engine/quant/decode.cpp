#include "engine/quant/decode.h"

#include <cstring>

#include "engine/base/check.h"
#include "engine/quant/decode_block.h"
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

template <class Block>
void decode_blocks(const std::byte* row, std::span<float> out) {
    for (std::size_t first = 0; first < out.size(); first += Block::kValues) {
        decode_block(load<Block>(row, first / Block::kValues),
                     BlockValues<Block>(out.data() + first, Block::kValues));
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
            return decode_blocks<BlockQ8_0>(row, out);
        case BlockType::Q4_0:
            return decode_blocks<BlockQ4_0>(row, out);
        case BlockType::Q4_1:
            return decode_blocks<BlockQ4_1>(row, out);
        case BlockType::Q5_0:
            return decode_blocks<BlockQ5_0>(row, out);
        case BlockType::Q5_1:
            return decode_blocks<BlockQ5_1>(row, out);
        case BlockType::Q2_K:
            return decode_blocks<BlockQ2_K>(row, out);
        case BlockType::Q3_K:
            return decode_blocks<BlockQ3_K>(row, out);
        case BlockType::Q4_K:
            return decode_blocks<BlockQ4_K>(row, out);
        case BlockType::Q5_K:
            return decode_blocks<BlockQ5_K>(row, out);
        case BlockType::Q6_K:
            return decode_blocks<BlockQ6_K>(row, out);
        case BlockType::IQ4_NL:
            return decode_blocks<BlockIQ4_NL>(row, out);
        case BlockType::IQ4_XS:
            return decode_blocks<BlockIQ4_XS>(row, out);
        case BlockType::MXFP4:
            return decode_blocks<BlockMXFP4>(row, out);
    }
    MOE_CHECK(false);
}

}  // namespace moe
