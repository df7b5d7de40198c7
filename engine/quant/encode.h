#pragma once

#include <cstddef>
#include <span>

#include "engine/quant/block_types.h"

namespace moe {

/// Writes a row of numbers as blocks of `type`: the plain way, rounding to the nearest value under scales
/// that the largest magnitude, or the range, of each group sets. What lies beyond a type's range is clamped,
/// NaN becomes a number; F32, F16 and BF16 keep both.
///
///   values  a whole number of blocks
///   row     room for those blocks, at any address, aligned or not
void encode_row(BlockType type, std::span<const float> values, std::byte* row);

}  // namespace moe
