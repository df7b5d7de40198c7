#pragma once

#include <cstddef>
#include <cstdint>

// The blocks of the format, byte for byte as they lie in a file. `d`, `d_min` and `m` are F16 numbers. A
// row of nibbles `q[n]` holds 2n values: the low nibbles come first, then the high ones.

namespace moe {

// ---- 32 values -------------------------------------------------------------------------------------------

/// x = d q.
struct BlockQ8_0 {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;
    std::int8_t q[kValues];
};
static_assert(sizeof(BlockQ8_0) == 34);

/// x = d (q - 8).
struct BlockQ4_0 {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;
    std::uint8_t q[kValues / 2];
};
static_assert(sizeof(BlockQ4_0) == 18);

/// x = d q + m.
struct BlockQ4_1 {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;
    std::uint16_t m;
    std::uint8_t q[kValues / 2];
};
static_assert(sizeof(BlockQ4_1) == 20);

/// x = d (q - 16); bit i % 8 of q_high[i / 8] is the fifth bit of value i.
struct BlockQ5_0 {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;
    std::uint8_t q_high[kValues / 8];
    std::uint8_t q[kValues / 2];
};
static_assert(sizeof(BlockQ5_0) == 22);

/// x = d q + m, with fifth bits as in Q5_0.
struct BlockQ5_1 {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;
    std::uint16_t m;
    std::uint8_t q_high[kValues / 8];
    std::uint8_t q[kValues / 2];
};
static_assert(sizeof(BlockQ5_1) == 24);

/// x = d kIq4Values[q].
struct BlockIQ4_NL {
    static constexpr std::size_t kValues = 32;
    std::uint16_t d;
    std::uint8_t q[kValues / 2];
};
static_assert(sizeof(BlockIQ4_NL) == 18);

/// x = 2^(exponent - 128) kMxfp4Values[q].
struct BlockMXFP4 {
    static constexpr std::size_t kValues = 32;
    std::uint8_t exponent;
    std::uint8_t q[kValues / 2];
};
static_assert(sizeof(BlockMXFP4) == 17);

// ---- 256 values, in groups of 16 or 32 with small scales of their own ------------------------------------

/// 16 groups of 16: x = d (low nibble of scales[group]) q - d_min (high nibble). In each half of 128 values,
/// byte l of its 32 holds values l, l + 32, l + 64, l + 96, two bits each, lowest first.
struct BlockQ2_K {
    static constexpr std::size_t kValues = 256;
    std::uint8_t scales[16];
    std::uint8_t q[64];
    std::uint16_t d;
    std::uint16_t d_min;
};
static_assert(sizeof(BlockQ2_K) == 84);

/// 16 groups of 16: x = d (scale - 32) (q - 4). The low two bits of q lie as in Q2_K, the third of value i
/// is bit i / 32 of q_high[i % 32]. The scales have six bits: `q3_k_scale`.
struct BlockQ3_K {
    static constexpr std::size_t kValues = 256;
    std::uint8_t q_high[32];
    std::uint8_t q[64];
    std::uint8_t scales[12];
    std::uint16_t d;
};
static_assert(sizeof(BlockQ3_K) == 110);

/// 8 groups of 32: x = d scale q - d_min min. Each 32 bytes hold two groups, low nibbles first. Scales and
/// mins have six bits: `k_scale_and_min`.
struct BlockQ4_K {
    static constexpr std::size_t kValues = 256;
    std::uint16_t d;
    std::uint16_t d_min;
    std::uint8_t scales[12];
    std::uint8_t q[128];
};
static_assert(sizeof(BlockQ4_K) == 144);

/// As Q4_K; bit i / 32 of q_high[i % 32] is the fifth bit of value i.
struct BlockQ5_K {
    static constexpr std::size_t kValues = 256;
    std::uint16_t d;
    std::uint16_t d_min;
    std::uint8_t scales[12];
    std::uint8_t q_high[32];
    std::uint8_t q[128];
};
static_assert(sizeof(BlockQ5_K) == 176);

/// 16 groups of 16: x = d scale (q - 32). In each half of 128 values the low nibbles of 64 bytes come
/// first, then the high ones; byte l of 32 has the upper two bits of values l, l + 32, l + 64, l + 96.
struct BlockQ6_K {
    static constexpr std::size_t kValues = 256;
    std::uint8_t q[128];
    std::uint8_t q_high[64];
    std::int8_t scales[16];
    std::uint16_t d;
};
static_assert(sizeof(BlockQ6_K) == 210);

/// 8 groups of 32: x = d (scale - 32) kIq4Values[q], 16 bytes a group. Group g's scale has its low four bits
/// in nibble g of scales_low and the upper two at bit 2g of scales_high.
struct BlockIQ4_XS {
    static constexpr std::size_t kValues = 256;
    std::uint16_t d;
    std::uint16_t scales_high;
    std::uint8_t scales_low[4];
    std::uint8_t q[128];
};
static_assert(sizeof(BlockIQ4_XS) == 136);

// ---- What nibbles stand for ------------------------------------------------------------------------------

inline constexpr std::int8_t kIq4Values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                               1,    13,   25,  38,  53,  69,  89,  113};

/// Twice the numbers of E2M1, a four-bit float (OCP Microscaling Formats 1.0, table 5). The ninth is -0.
inline constexpr float kMxfp4Values[16] = {0.0f,  1.0f,  2.0f,  3.0f,  4.0f,  6.0f,  8.0f,  12.0f,
                                           -0.0f, -1.0f, -2.0f, -3.0f, -4.0f, -6.0f, -8.0f, -12.0f};

// ---- The six-bit scales ----------------------------------------------------------------------------------

struct ScaleAndMin {
    std::uint8_t scale = 0;
    std::uint8_t min = 0;
};

/// Group `group` of 8 of a Q4_K or Q5_K block. The first four have bytes of their own, whose upper two bits
/// complete the nibbles of the last four.
inline ScaleAndMin k_scale_and_min(const std::uint8_t (&scales)[12], std::size_t group) {
    const auto byte = [](int value) { return static_cast<std::uint8_t>(value); };
    if (group < 4) return {byte(scales[group] & 0x3F), byte(scales[group + 4] & 0x3F)};
    return {byte((scales[group + 4] & 0x0F) | (scales[group - 4] >> 6) << 4),
            byte((scales[group + 4] >> 4) | (scales[group] >> 6) << 4)};
}

/// Group `group` of 16 of a Q3_K block, 0 to 63: nibbles in the first eight bytes, upper bits in the others.
inline std::uint8_t q3_k_scale(const std::uint8_t (&scales)[12], std::size_t group) {
    const int low = group < 8 ? scales[group] & 0x0F : scales[group - 8] >> 4;
    const int high = (scales[8 + group % 4] >> (2 * (group / 4))) & 3;
    return static_cast<std::uint8_t>(low | high << 4);
}

/// Group `group` of 8 of an IQ4_XS block, 0 to 63.
inline std::uint8_t iq4_xs_scale(const BlockIQ4_XS& block, std::size_t group) {
    const int low = (block.scales_low[group / 2] >> (4 * (group % 2))) & 0x0F;
    const int high = (block.scales_high >> (2 * group)) & 3;
    return static_cast<std::uint8_t>(low | high << 4);
}

}  // namespace moe
