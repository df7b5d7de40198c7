#pragma once

#include <cstddef>
#include <span>

#include "engine/quant/blocks.h"

namespace moe {

/// The numbers of one block.
template <class Block>
using BlockValues = std::span<float, Block::kValues>;

void decode_block(const BlockQ8_0& block, BlockValues<BlockQ8_0> out);
void decode_block(const BlockQ4_0& block, BlockValues<BlockQ4_0> out);
void decode_block(const BlockQ4_1& block, BlockValues<BlockQ4_1> out);
void decode_block(const BlockQ5_0& block, BlockValues<BlockQ5_0> out);
void decode_block(const BlockQ5_1& block, BlockValues<BlockQ5_1> out);
void decode_block(const BlockQ2_K& block, BlockValues<BlockQ2_K> out);
void decode_block(const BlockQ3_K& block, BlockValues<BlockQ3_K> out);
void decode_block(const BlockQ4_K& block, BlockValues<BlockQ4_K> out);
void decode_block(const BlockQ5_K& block, BlockValues<BlockQ5_K> out);
void decode_block(const BlockQ6_K& block, BlockValues<BlockQ6_K> out);
void decode_block(const BlockIQ4_NL& block, BlockValues<BlockIQ4_NL> out);
void decode_block(const BlockIQ4_XS& block, BlockValues<BlockIQ4_XS> out);
void decode_block(const BlockMXFP4& block, BlockValues<BlockMXFP4> out);

}  // namespace moe
