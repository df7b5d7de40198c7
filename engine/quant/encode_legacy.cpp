#include "engine/quant/encode_block.h"
#include "engine/quant/rounding.h"

// Each encoder rounds with the scale as the block holds it, in F16, not as it was computed.

namespace moe {
namespace {

constexpr std::size_t kHalf = 16;

std::uint8_t nibbles(int low, int high) {
    return static_cast<std::uint8_t>((low & 0x0F) | (high & 0x0F) << 4);
}

void set_fifth_bit(std::uint8_t (&q_high)[4], std::size_t value, int q) {
    q_high[value / 8] = static_cast<std::uint8_t>(q_high[value / 8] | ((q >> 4) & 1) << (value % 8));
}

/// d and m of x = d q + m for q from 0 to `q_max`.
template <class Block>
void set_range(std::span<const float> values, int q_max, Block& block) {
    const Range range = range_of(values);
    block.d = finite_f16((range.high - range.low) / static_cast<float>(q_max));
    block.m = finite_f16(range.low);
}

}  // namespace

void encode_block(BlockInput<BlockQ8_0> values, BlockQ8_0& block) {
    block.d = finite_f16(std::abs(extreme(values)) / 127.0f);
    const float steps = steps_per(float_from_f16(block.d));
    for (std::size_t j = 0; j < values.size(); ++j) {
        block.q[j] = static_cast<std::int8_t>(nearest(values[j] * steps, -127, 127));
    }
}

// The value of largest magnitude becomes -8 or -16, whichever sign it has: the negative side has one step
// more.

void encode_block(BlockInput<BlockQ4_0> values, BlockQ4_0& block) {
    block.d = finite_f16(extreme(values) / -8.0f);
    const float steps = steps_per(float_from_f16(block.d));
    const auto q = [&](std::size_t j) { return nearest(values[j] * steps, -8, 7) + 8; };
    for (std::size_t j = 0; j < kHalf; ++j) block.q[j] = nibbles(q(j), q(j + kHalf));
}

void encode_block(BlockInput<BlockQ5_0> values, BlockQ5_0& block) {
    block = {};
    block.d = finite_f16(extreme(values) / -16.0f);
    const float steps = steps_per(float_from_f16(block.d));
    const auto q = [&](std::size_t j) { return nearest(values[j] * steps, -16, 15) + 16; };
    for (std::size_t j = 0; j < kHalf; ++j) block.q[j] = nibbles(q(j), q(j + kHalf));
    for (std::size_t j = 0; j < values.size(); ++j) set_fifth_bit(block.q_high, j, q(j));
}

void encode_block(BlockInput<BlockQ4_1> values, BlockQ4_1& block) {
    set_range(values, 15, block);
    const float steps = steps_per(float_from_f16(block.d));
    const float m = float_from_f16(block.m);
    const auto q = [&](std::size_t j) { return nearest((values[j] - m) * steps, 0, 15); };
    for (std::size_t j = 0; j < kHalf; ++j) block.q[j] = nibbles(q(j), q(j + kHalf));
}

void encode_block(BlockInput<BlockQ5_1> values, BlockQ5_1& block) {
    block = {};
    set_range(values, 31, block);
    const float steps = steps_per(float_from_f16(block.d));
    const float m = float_from_f16(block.m);
    const auto q = [&](std::size_t j) { return nearest((values[j] - m) * steps, 0, 31); };
    for (std::size_t j = 0; j < kHalf; ++j) block.q[j] = nibbles(q(j), q(j + kHalf));
    for (std::size_t j = 0; j < values.size(); ++j) set_fifth_bit(block.q_high, j, q(j));
}

}  // namespace moe
