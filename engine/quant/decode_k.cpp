#include "engine/quant/decode_block.h"
#include "engine/quant/half.h"

// The types with a scale for each group of 16 or 32 values, itself a small integer under a scale for all
// 256. Two bits of four values share a byte; so value i is found from its half of 128, its quarter of that
// and its place among 32.

namespace moe {
namespace {

constexpr std::size_t kQuarter = 32;

/// Two bits of value `i` where each half of 128 values has 32 bytes: in Q2_K and Q3_K the lower bits, in
/// Q6_K the upper ones.
int two_bits(const std::uint8_t (&bytes)[64], std::size_t i) {
    const std::size_t half = i / 128;
    const std::size_t quarter = i % 128 / kQuarter;
    return (bytes[half * kQuarter + i % kQuarter] >> (2 * quarter)) & 3;
}

/// Bit i / 32 of byte i % 32.
int one_bit(const std::uint8_t (&bytes)[32], std::size_t i) {
    return (bytes[i % kQuarter] >> (i / kQuarter)) & 1;
}

/// The nibble of value `i` where each 32 bytes hold 64 values, low nibbles first.
int nibble_of_64(const std::uint8_t (&bytes)[128], std::size_t i) {
    const std::uint8_t pair = bytes[i / 64 * 32 + i % 32];
    return i % 64 < 32 ? pair & 0x0F : pair >> 4;
}

/// The nibble of value `i` where each 64 bytes hold 128 values, low nibbles first.
int nibble_of_128(const std::uint8_t (&bytes)[128], std::size_t i) {
    const std::uint8_t pair = bytes[i / 128 * 64 + i % 64];
    return i % 128 < 64 ? pair & 0x0F : pair >> 4;
}

}  // namespace

void decode_block(const BlockQ2_K& block, BlockValues<BlockQ2_K> out) {
    const float d = float_from_f16(block.d);
    const float d_min = float_from_f16(block.d_min);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint8_t scale_and_min = block.scales[i / 16];
        const float scale = d * static_cast<float>(scale_and_min & 0x0F);
        const float min = d_min * static_cast<float>(scale_and_min >> 4);
        out[i] = scale * static_cast<float>(two_bits(block.q, i)) - min;
    }
}

void decode_block(const BlockQ3_K& block, BlockValues<BlockQ3_K> out) {
    const float d = float_from_f16(block.d);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float scale = d * static_cast<float>(q3_k_scale(block.scales, i / 16) - 32);
        const int q = two_bits(block.q, i) | one_bit(block.q_high, i) << 2;
        out[i] = scale * static_cast<float>(q - 4);
    }
}

void decode_block(const BlockQ4_K& block, BlockValues<BlockQ4_K> out) {
    const float d = float_from_f16(block.d);
    const float d_min = float_from_f16(block.d_min);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const ScaleAndMin group = k_scale_and_min(block.scales, i / 32);
        out[i] = d * static_cast<float>(group.scale) * static_cast<float>(nibble_of_64(block.q, i)) -
                 d_min * static_cast<float>(group.min);
    }
}

void decode_block(const BlockQ5_K& block, BlockValues<BlockQ5_K> out) {
    const float d = float_from_f16(block.d);
    const float d_min = float_from_f16(block.d_min);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const ScaleAndMin group = k_scale_and_min(block.scales, i / 32);
        const int q = nibble_of_64(block.q, i) | one_bit(block.q_high, i) << 4;
        out[i] = d * static_cast<float>(group.scale) * static_cast<float>(q) -
                 d_min * static_cast<float>(group.min);
    }
}

void decode_block(const BlockQ6_K& block, BlockValues<BlockQ6_K> out) {
    const float d = float_from_f16(block.d);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int q = nibble_of_128(block.q, i) | two_bits(block.q_high, i) << 4;
        out[i] = d * static_cast<float>(block.scales[i / 16]) * static_cast<float>(q - 32);
    }
}

}  // namespace moe
