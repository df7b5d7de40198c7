#pragma once

#include <cstddef>
#include <span>

#include "engine/base/rng.h"
#include "engine/quant/block_types.h"

namespace moe {

/// Fills a row of blocks with random bits under fixed scales, such that the numbers have about the given
/// standard deviation: many times faster than drawing numbers and encoding them, and what a model of random
/// weights needs. Means are near 0, no more: a type whose codes are not symmetric is off by a few percent of
/// `deviation`. The numbers are finite.
///
///   row  whole blocks of `type`, at any address; overwritten
void fill_random_blocks(BlockType type, float deviation, Rng& rng, std::span<std::byte> row);

}  // namespace moe
