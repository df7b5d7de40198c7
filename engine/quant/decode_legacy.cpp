#include "engine/quant/decode_block.h"
#include "engine/quant/half.h"

// The types with one scale for 32 values.

namespace moe {
namespace {

constexpr std::size_t kHalf = 16;

int low_nibble(std::uint8_t pair) { return pair & 0x0F; }
int high_nibble(std::uint8_t pair) { return pair >> 4; }

/// The fifth bit of a value, in its place.
int fifth_bit(const std::uint8_t (&q_high)[4], std::size_t value) {
    return ((q_high[value / 8] >> (value % 8)) & 1) << 4;
}

}  // namespace

void decode_block(const BlockQ8_0& block, BlockValues<BlockQ8_0> out) {
    const float d = float_from_f16(block.d);
    for (std::size_t j = 0; j < out.size(); ++j) out[j] = d * static_cast<float>(block.q[j]);
}

void decode_block(const BlockQ4_0& block, BlockValues<BlockQ4_0> out) {
    const float d = float_from_f16(block.d);
    for (std::size_t j = 0; j < kHalf; ++j) {
        out[j] = d * static_cast<float>(low_nibble(block.q[j]) - 8);
        out[j + kHalf] = d * static_cast<float>(high_nibble(block.q[j]) - 8);
    }
}

void decode_block(const BlockQ4_1& block, BlockValues<BlockQ4_1> out) {
    const float d = float_from_f16(block.d);
    const float m = float_from_f16(block.m);
    for (std::size_t j = 0; j < kHalf; ++j) {
        out[j] = d * static_cast<float>(low_nibble(block.q[j])) + m;
        out[j + kHalf] = d * static_cast<float>(high_nibble(block.q[j])) + m;
    }
}

void decode_block(const BlockQ5_0& block, BlockValues<BlockQ5_0> out) {
    const float d = float_from_f16(block.d);
    for (std::size_t j = 0; j < kHalf; ++j) {
        const int low = low_nibble(block.q[j]) | fifth_bit(block.q_high, j);
        const int high = high_nibble(block.q[j]) | fifth_bit(block.q_high, j + kHalf);
        out[j] = d * static_cast<float>(low - 16);
        out[j + kHalf] = d * static_cast<float>(high - 16);
    }
}

void decode_block(const BlockQ5_1& block, BlockValues<BlockQ5_1> out) {
    const float d = float_from_f16(block.d);
    const float m = float_from_f16(block.m);
    for (std::size_t j = 0; j < kHalf; ++j) {
        const int low = low_nibble(block.q[j]) | fifth_bit(block.q_high, j);
        const int high = high_nibble(block.q[j]) | fifth_bit(block.q_high, j + kHalf);
        out[j] = d * static_cast<float>(low) + m;
        out[j + kHalf] = d * static_cast<float>(high) + m;
    }
}

}  // namespace moe
