#pragma once

#include <cstddef>
#include <span>

#include "engine/quant/block_types.h"

namespace moe {

/// Writes the `out.size()` numbers of a row of blocks as floats. Plain and scalar: what every faster
/// kernel must agree with.
///
///   row  whole blocks of `type`, at any address, aligned or not
///   out  a whole number of blocks of values
void decode_row(BlockType type, const std::byte* row, std::span<float> out);

}  // namespace moe
