#include <cmath>

#include "engine/quant/decode_block.h"
#include "engine/quant/half.h"

// The types whose nibbles are looked up in a table.

namespace moe {
namespace {

constexpr std::size_t kHalf = 16;

float iq4_value(int nibble) { return static_cast<float>(kIq4Values[nibble]); }

}  // namespace

void decode_block(const BlockIQ4_NL& block, BlockValues<BlockIQ4_NL> out) {
    const float d = float_from_f16(block.d);
    for (std::size_t j = 0; j < kHalf; ++j) {
        out[j] = d * iq4_value(block.q[j] & 0x0F);
        out[j + kHalf] = d * iq4_value(block.q[j] >> 4);
    }
}

void decode_block(const BlockIQ4_XS& block, BlockValues<BlockIQ4_XS> out) {
    const float d = float_from_f16(block.d);
    for (std::size_t group = 0; group < out.size() / 32; ++group) {
        const float scale = d * static_cast<float>(iq4_xs_scale(block, group) - 32);
        for (std::size_t j = 0; j < kHalf; ++j) {
            const std::uint8_t pair = block.q[group * kHalf + j];
            out[group * 32 + j] = scale * iq4_value(pair & 0x0F);
            out[group * 32 + j + kHalf] = scale * iq4_value(pair >> 4);
        }
    }
}

void decode_block(const BlockMXFP4& block, BlockValues<BlockMXFP4> out) {
    const float scale = std::ldexp(1.0f, block.exponent - 128);
    for (std::size_t j = 0; j < kHalf; ++j) {
        out[j] = scale * kMxfp4Values[block.q[j] & 0x0F];
        out[j + kHalf] = scale * kMxfp4Values[block.q[j] >> 4];
    }
}

}  // namespace moe
