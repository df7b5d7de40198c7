#include <array>

#include "engine/quant/encode_block.h"
#include "engine/quant/rounding.h"

// First every group of 16 or 32 values gets the scale (and min) that suits it, as a float. Then these become
// small integers under one F16 number for all groups. Last the values are rounded with the scales as the
// block holds them.

namespace moe {
namespace {

constexpr std::size_t kQuarter = 32;

// ---- Placing the bits of value i, the inverse of decode_k.cpp --------------------------------------------

void or_into(std::uint8_t& byte, int bits) { byte = static_cast<std::uint8_t>(byte | bits); }

void set_two_bits(std::uint8_t (&bytes)[64], std::size_t i, int bits) {
    or_into(bytes[i / 128 * kQuarter + i % kQuarter], (bits & 3) << (2 * (i % 128 / kQuarter)));
}

void set_one_bit(std::uint8_t (&bytes)[32], std::size_t i, int bit) {
    or_into(bytes[i % kQuarter], (bit & 1) << (i / kQuarter));
}

void set_nibble_of_64(std::uint8_t (&bytes)[128], std::size_t i, int q) {
    or_into(bytes[i / 64 * 32 + i % 32], i % 64 < 32 ? q & 0x0F : (q & 0x0F) << 4);
}

void set_nibble_of_128(std::uint8_t (&bytes)[128], std::size_t i, int q) {
    or_into(bytes[i / 128 * 64 + i % 64], i % 128 < 64 ? q & 0x0F : (q & 0x0F) << 4);
}

void set_k_scale_and_min(std::uint8_t (&scales)[12], std::size_t group, int scale, int min) {
    if (group < 4) {
        or_into(scales[group], scale);
        or_into(scales[group + 4], min);
    } else {
        or_into(scales[group + 4], (scale & 0x0F) | (min & 0x0F) << 4);
        or_into(scales[group - 4], scale >> 4 << 6);
        or_into(scales[group], min >> 4 << 6);
    }
}

void set_q3_k_scale(std::uint8_t (&scales)[12], std::size_t group, int scale) {
    or_into(scales[group % 8], group < 8 ? scale & 0x0F : (scale & 0x0F) << 4);
    or_into(scales[8 + group % 4], scale >> 4 << (2 * (group / 4)));
}

// ---- Types with a scale and a min: x = scale q - min, min >= 0 -------------------------------------------

/// The groups' scales and mins as integers from 0 to `largest`, under d and d_min.
template <std::size_t kGroups>
struct GroupRanges {
    std::uint16_t d = 0;
    std::uint16_t d_min = 0;
    std::array<int, kGroups> scales{};
    std::array<int, kGroups> mins{};

    float scale(std::size_t group) const { return float_from_f16(d) * static_cast<float>(scales[group]); }
    float min(std::size_t group) const { return float_from_f16(d_min) * static_cast<float>(mins[group]); }
    /// The q from 0 to `q_max` for a value of a group.
    int quantize(float value, std::size_t group, int q_max) const {
        return nearest((value + min(group)) * steps_per(scale(group)), 0, q_max);
    }
};

template <std::size_t kGroups>
GroupRanges<kGroups> group_ranges(std::span<const float, 256> values, int q_max, int largest) {
    constexpr std::size_t kGroupValues = 256 / kGroups;
    std::array<float, kGroups> scales, mins;
    for (std::size_t group = 0; group < kGroups; ++group) {
        const Range range = range_of(values.subspan(group * kGroupValues, kGroupValues));
        mins[group] = std::max(-range.low, 0.0f);
        scales[group] = std::max(range.high + mins[group], 0.0f) / static_cast<float>(q_max);
    }
    GroupRanges<kGroups> ranges;
    ranges.d = finite_f16(*std::ranges::max_element(scales) / static_cast<float>(largest));
    ranges.d_min = finite_f16(*std::ranges::max_element(mins) / static_cast<float>(largest));
    const float scale_steps = steps_per(float_from_f16(ranges.d));
    const float min_steps = steps_per(float_from_f16(ranges.d_min));
    for (std::size_t group = 0; group < kGroups; ++group) {
        ranges.scales[group] = nearest(scales[group] * scale_steps, 0, largest);
        ranges.mins[group] = nearest(mins[group] * min_steps, 0, largest);
    }
    return ranges;
}

// ---- Types with a signed scale: x = scale q, q from -q_lowest to q_lowest - 1 -----------------------------

/// The groups' scales as integers from -`largest` to `largest` - 1, under d.
struct GroupScales {
    std::uint16_t d = 0;
    std::array<int, 16> scales{};

    /// The q for a value of a group.
    int quantize(float value, std::size_t group, int q_lowest) const {
        const float scale = float_from_f16(d) * static_cast<float>(scales[group]);
        return nearest(value * steps_per(scale), -q_lowest, q_lowest - 1);
    }
};

GroupScales group_scales(std::span<const float, 256> values, int q_lowest, int largest) {
    std::array<float, 16> scales;
    for (std::size_t group = 0; group < scales.size(); ++group) {
        scales[group] = extreme(values.subspan(group * 16, 16)) / static_cast<float>(-q_lowest);
    }
    GroupScales groups;
    groups.d = finite_f16(extreme(scales) / static_cast<float>(-largest));
    const float steps = steps_per(float_from_f16(groups.d));
    for (std::size_t group = 0; group < scales.size(); ++group) {
        groups.scales[group] = nearest(scales[group] * steps, -largest, largest - 1);
    }
    return groups;
}

}  // namespace

void encode_block(BlockInput<BlockQ2_K> values, BlockQ2_K& block) {
    block = {};
    const GroupRanges<16> groups = group_ranges<16>(values, /*q_max=*/3, /*largest=*/15);
    block.d = groups.d;
    block.d_min = groups.d_min;
    for (std::size_t group = 0; group < 16; ++group) {
        or_into(block.scales[group], groups.scales[group] | groups.mins[group] << 4);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        set_two_bits(block.q, i, groups.quantize(values[i], i / 16, 3));
    }
}

void encode_block(BlockInput<BlockQ3_K> values, BlockQ3_K& block) {
    block = {};
    const GroupScales groups = group_scales(values, /*q_lowest=*/4, /*largest=*/32);
    block.d = groups.d;
    for (std::size_t group = 0; group < 16; ++group) {
        set_q3_k_scale(block.scales, group, groups.scales[group] + 32);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int q = groups.quantize(values[i], i / 16, 4) + 4;
        set_two_bits(block.q, i, q);
        set_one_bit(block.q_high, i, q >> 2);
    }
}

void encode_block(BlockInput<BlockQ4_K> values, BlockQ4_K& block) {
    block = {};
    const GroupRanges<8> groups = group_ranges<8>(values, /*q_max=*/15, /*largest=*/63);
    block.d = groups.d;
    block.d_min = groups.d_min;
    for (std::size_t group = 0; group < 8; ++group) {
        set_k_scale_and_min(block.scales, group, groups.scales[group], groups.mins[group]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        set_nibble_of_64(block.q, i, groups.quantize(values[i], i / 32, 15));
    }
}

void encode_block(BlockInput<BlockQ5_K> values, BlockQ5_K& block) {
    block = {};
    const GroupRanges<8> groups = group_ranges<8>(values, /*q_max=*/31, /*largest=*/63);
    block.d = groups.d;
    block.d_min = groups.d_min;
    for (std::size_t group = 0; group < 8; ++group) {
        set_k_scale_and_min(block.scales, group, groups.scales[group], groups.mins[group]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int q = groups.quantize(values[i], i / 32, 31);
        set_nibble_of_64(block.q, i, q);
        set_one_bit(block.q_high, i, q >> 4);
    }
}

void encode_block(BlockInput<BlockQ6_K> values, BlockQ6_K& block) {
    block = {};
    const GroupScales groups = group_scales(values, /*q_lowest=*/32, /*largest=*/128);
    block.d = groups.d;
    for (std::size_t group = 0; group < 16; ++group) {
        block.scales[group] = static_cast<std::int8_t>(groups.scales[group]);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int q = groups.quantize(values[i], i / 16, 32) + 32;
        set_nibble_of_128(block.q, i, q);
        set_two_bits(block.q_high, i, q >> 4);
    }
}

}  // namespace moe
