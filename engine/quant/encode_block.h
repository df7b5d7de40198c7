#pragma once

#include <cstddef>
#include <span>

#include "engine/quant/blocks.h"

namespace moe {

/// The numbers that become one block.
template <class Block>
using BlockInput = std::span<const float, Block::kValues>;

void encode_block(BlockInput<BlockQ8_0> values, BlockQ8_0& block);
void encode_block(BlockInput<BlockQ4_0> values, BlockQ4_0& block);
void encode_block(BlockInput<BlockQ4_1> values, BlockQ4_1& block);
void encode_block(BlockInput<BlockQ5_0> values, BlockQ5_0& block);
void encode_block(BlockInput<BlockQ5_1> values, BlockQ5_1& block);
void encode_block(BlockInput<BlockQ2_K> values, BlockQ2_K& block);
void encode_block(BlockInput<BlockQ3_K> values, BlockQ3_K& block);
void encode_block(BlockInput<BlockQ4_K> values, BlockQ4_K& block);
void encode_block(BlockInput<BlockQ5_K> values, BlockQ5_K& block);
void encode_block(BlockInput<BlockQ6_K> values, BlockQ6_K& block);
void encode_block(BlockInput<BlockIQ4_NL> values, BlockIQ4_NL& block);
void encode_block(BlockInput<BlockIQ4_XS> values, BlockIQ4_XS& block);
void encode_block(BlockInput<BlockMXFP4> values, BlockMXFP4& block);

}  // namespace moe
