#include "engine/quant/encode.h"

#include <cstring>

#include "engine/base/check.h"
#include "engine/quant/encode_block.h"
#include "engine/quant/half.h"

namespace moe {
namespace {

template <class T>
void store(std::byte* row, std::size_t index, const T& value) {
    std::memcpy(row + index * sizeof(T), &value, sizeof(T));
}

void encode_f32(std::span<const float> values, std::byte* row) {
    std::memcpy(row, values.data(), values.size_bytes());
}

void encode_f16(std::span<const float> values, std::byte* row) {
    for (std::size_t i = 0; i < values.size(); ++i) store(row, i, f16_from_float(values[i]));
}

void encode_bf16(std::span<const float> values, std::byte* row) {
    for (std::size_t i = 0; i < values.size(); ++i) store(row, i, bf16_from_float(values[i]));
}

template <class Block>
void encode_blocks(std::span<const float> values, std::byte* row) {
    for (std::size_t first = 0; first < values.size(); first += Block::kValues) {
        Block block;
        encode_block(BlockInput<Block>(values.data() + first, Block::kValues), block);
        store(row, first / Block::kValues, block);
    }
}

}  // namespace

void encode_row(BlockType type, std::span<const float> values, std::byte* row) {
    MOE_CHECK(values.size() % block_layout(type).values == 0);
    if (values.empty()) return;
    switch (type) {
        case BlockType::F32:
            return encode_f32(values, row);
        case BlockType::F16:
            return encode_f16(values, row);
        case BlockType::BF16:
            return encode_bf16(values, row);
        case BlockType::Q8_0:
            return encode_blocks<BlockQ8_0>(values, row);
        case BlockType::Q4_0:
            return encode_blocks<BlockQ4_0>(values, row);
        case BlockType::Q4_1:
            return encode_blocks<BlockQ4_1>(values, row);
        case BlockType::Q5_0:
            return encode_blocks<BlockQ5_0>(values, row);
        case BlockType::Q5_1:
            return encode_blocks<BlockQ5_1>(values, row);
        case BlockType::Q2_K:
            return encode_blocks<BlockQ2_K>(values, row);
        case BlockType::Q3_K:
            return encode_blocks<BlockQ3_K>(values, row);
        case BlockType::Q4_K:
            return encode_blocks<BlockQ4_K>(values, row);
        case BlockType::Q5_K:
            return encode_blocks<BlockQ5_K>(values, row);
        case BlockType::Q6_K:
            return encode_blocks<BlockQ6_K>(values, row);
        case BlockType::IQ4_NL:
            return encode_blocks<BlockIQ4_NL>(values, row);
        case BlockType::IQ4_XS:
            return encode_blocks<BlockIQ4_XS>(values, row);
        case BlockType::MXFP4:
            return encode_blocks<BlockMXFP4>(values, row);
    }
    MOE_CHECK(false);
}

}  // namespace moe
