#include <array>

#include "engine/quant/encode_block.h"
#include "engine/quant/rounding.h"

namespace moe {
namespace {

constexpr std::size_t kHalf = 16;

/// The place of the table's value nearest to x; the first of equals.
template <class T>
int nearest_place(const T (&table)[16], float x) {
    int best = 0;
    for (int place = 1; place < 16; ++place) {
        const float distance = std::abs(static_cast<float>(table[place]) - x);
        if (distance < std::abs(static_cast<float>(table[best]) - x)) best = place;
    }
    return best;
}

/// Writes 32 values as nibbles, each the place of value times `steps` in the table.
template <class T>
void set_places(std::span<const float> values, float steps, const T (&table)[16], std::uint8_t* q) {
    for (std::size_t j = 0; j < kHalf; ++j) {
        const int low = nearest_place(table, values[j] * steps);
        const int high = nearest_place(table, values[j + kHalf] * steps);
        q[j] = static_cast<std::uint8_t>(low | high << 4);
    }
}

/// The exponent e for which 4 <= largest / 2^e < 8, the last binade of E2M1 (OCP Microscaling Formats 1.0,
/// section 6.3), plus the bias.
std::uint8_t mxfp4_exponent(float largest) {
    constexpr int kBias = 127, kLowest = 1, kHighest = 254;
    if (largest == 0.0f) return kLowest;
    if (std::isinf(largest)) return kHighest;
    return static_cast<std::uint8_t>(std::clamp(std::ilogb(largest) - 2 + kBias, kLowest, kHighest));
}

}  // namespace

void encode_block(BlockInput<BlockIQ4_NL> values, BlockIQ4_NL& block) {
    block.d = finite_f16(extreme(values) / static_cast<float>(kIq4Values[0]));
    set_places(values, steps_per(float_from_f16(block.d)), kIq4Values, block.q);
}

void encode_block(BlockInput<BlockIQ4_XS> values, BlockIQ4_XS& block) {
    constexpr std::size_t kGroups = 8;
    std::array<float, kGroups> scales;
    for (std::size_t group = 0; group < kGroups; ++group) {
        scales[group] = extreme(values.subspan(group * 32, 32)) / static_cast<float>(kIq4Values[0]);
    }
    block = {};
    block.d = finite_f16(extreme(scales) / -32.0f);
    const float d = float_from_f16(block.d);
    for (std::size_t group = 0; group < kGroups; ++group) {
        const int signed_scale = nearest(scales[group] * steps_per(d), -32, 31);
        const int scale = signed_scale + 32;
        block.scales_low[group / 2] =
            static_cast<std::uint8_t>(block.scales_low[group / 2] | (scale & 0x0F) << (4 * (group % 2)));
        block.scales_high = static_cast<std::uint16_t>(block.scales_high | scale >> 4 << (2 * group));
        set_places(values.subspan(group * 32, 32), steps_per(d * static_cast<float>(signed_scale)),
                   kIq4Values, block.q + group * kHalf);
    }
}

void encode_block(BlockInput<BlockMXFP4> values, BlockMXFP4& block) {
    block.exponent = mxfp4_exponent(std::abs(extreme(values)));
    // The table holds twice the numbers, hence 128.
    set_places(values, std::ldexp(1.0f, 128 - block.exponent), kMxfp4Values, block.q);
}

}  // namespace moe
