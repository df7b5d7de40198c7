#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/simd_generic.h"
#include "engine/quant/blocks.h"

// How each block type is taken apart in registers, 256 values at a time (eight blocks of 32 or one of 256),
// as value = scale * (q - kOffset) or value = scale * q - min with a scale and a min for each group of kGroup
// values. The layouts are those of engine/quant/blocks.h.
//
//   kBytes      of 256 values
//   kGroup      values that share a scale: 32 or 16
//   kMaxWeight  the largest q; kIsSigned: q is a signed byte instead
//   kOffset     a power of two, or 0; kHasMins: there are mins
//   scales      writes the 256 / kGroup scales, and as many mins where kHasMins
//   values      q of group `g` of 32, and of the next one where a vector holds two

namespace moe {

struct MinFormat {
    static constexpr bool kIsSigned = false;
    static constexpr bool kHasMins = true;
    static constexpr int kOffset = 0;
    static constexpr int kGroup = 32;
};
template <int kOffsetOfQ>
struct OffsetFormat {
    static constexpr bool kIsSigned = false;
    static constexpr bool kHasMins = false;
    static constexpr int kOffset = kOffsetOfQ;
    static constexpr int kGroup = 32;
};
struct SignedFormat {
    static constexpr bool kIsSigned = true;
    static constexpr bool kHasMins = false;
    static constexpr int kOffset = 0;
    static constexpr int kMaxWeight = 255;  ///< of q + 128
    static constexpr int kGroup = 32;
};

// ---- 32 values a block ------------------------------------------------------------------------------------

template <class S>
struct Q8_0Format : SignedFormat {
    static constexpr int kBytes = 8 * sizeof(BlockQ8_0);
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        S::store8(S::template gather_f16<sizeof(BlockQ8_0)>(from), scale);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        from += g * sizeof(BlockQ8_0) + offsetof(BlockQ8_0, q);
        return S::load_groups(from, from + sizeof(BlockQ8_0));
    }
};

template <class S>
struct Q4_0Format : OffsetFormat<8> {
    static constexpr int kBytes = 8 * sizeof(BlockQ4_0);
    static constexpr int kMaxWeight = 15;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        S::store8(S::template gather_f16<sizeof(BlockQ4_0)>(from), scale);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        from += g * sizeof(BlockQ4_0) + offsetof(BlockQ4_0, q);
        return S::keep(S::load_nibbles(from, from + sizeof(BlockQ4_0)), 0x0F);
    }
};

template <class S>
struct Q4_1Format : MinFormat {
    static constexpr int kBytes = 8 * sizeof(BlockQ4_1);
    static constexpr int kMaxWeight = 15;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* min) {
        S::store8(S::template gather_f16<sizeof(BlockQ4_1)>(from), scale);
        S::store8(S::multiply8(S::template gather_f16<sizeof(BlockQ4_1)>(from + offsetof(BlockQ4_1, m)), -1.0f),
                  min);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        from += g * sizeof(BlockQ4_1) + offsetof(BlockQ4_1, q);
        return S::keep(S::load_nibbles(from, from + sizeof(BlockQ4_1)), 0x0F);
    }
};

template <class S, class Block>
MOE_INLINE typename S::Bytes five_bit_values(const std::uint8_t* from, int g) {
    from += g * sizeof(Block);
    const std::uint8_t* const q = from + offsetof(Block, q);
    const std::uint8_t* const q_high = from + offsetof(Block, q_high);
    return S::either(S::keep(S::load_nibbles(q, q + sizeof(Block)), 0x0F),
                     S::load_fifth_bits(q_high, q_high + sizeof(Block)));
}

template <class S>
struct Q5_0Format : OffsetFormat<16> {
    static constexpr int kBytes = 8 * sizeof(BlockQ5_0);
    static constexpr int kMaxWeight = 31;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        S::store8(S::template gather_f16<sizeof(BlockQ5_0)>(from), scale);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        return five_bit_values<S, BlockQ5_0>(from, g);
    }
};

template <class S>
struct Q5_1Format : MinFormat {
    static constexpr int kBytes = 8 * sizeof(BlockQ5_1);
    static constexpr int kMaxWeight = 31;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* min) {
        S::store8(S::template gather_f16<sizeof(BlockQ5_1)>(from), scale);
        S::store8(S::multiply8(S::template gather_f16<sizeof(BlockQ5_1)>(from + offsetof(BlockQ5_1, m)), -1.0f),
                  min);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        return five_bit_values<S, BlockQ5_1>(from, g);
    }
};

template <class S>
struct Iq4NlFormat : SignedFormat {
    static constexpr int kBytes = 8 * sizeof(BlockIQ4_NL);
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        S::store8(S::template gather_f16<sizeof(BlockIQ4_NL)>(from), scale);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        from += g * sizeof(BlockIQ4_NL) + offsetof(BlockIQ4_NL, q);
        return S::look_up(kIq4Values, S::keep(S::load_nibbles(from, from + sizeof(BlockIQ4_NL)), 0x0F));
    }
};

/// kMxfp4Values plus 16, which makes them unsigned.
inline constexpr std::int8_t kMxfp4Unsigned[16] = {16, 17, 18, 19, 20, 22, 24, 28, 16, 15, 14, 13, 12, 10, 8, 4};

template <class S>
struct Mxfp4Format : OffsetFormat<16> {
    static constexpr int kBytes = 8 * sizeof(BlockMXFP4);
    static constexpr int kMaxWeight = 28;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        S::store8(S::template gather_powers<sizeof(BlockMXFP4)>(from), scale);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        from += g * sizeof(BlockMXFP4) + offsetof(BlockMXFP4, q);
        return S::look_up(kMxfp4Unsigned, S::keep(S::load_nibbles(from, from + sizeof(BlockMXFP4)), 0x0F));
    }
};

// ---- 256 values a block -----------------------------------------------------------------------------------

template <class T>
MOE_INLINE T load_word(const std::uint8_t* from) {
    T word;
    __builtin_memcpy(&word, from, sizeof word);
    return word;
}

/// Two bits of each value of group `g`, where 32 bytes hold a half of 128 values; in the lowest places.
template <class S>
MOE_INLINE typename S::Bytes two_bit_values(const std::uint8_t* from, int g) {
    const std::uint8_t* const half = from + g / 4 * 32;
    return S::keep(S::shift_right(S::load_groups(half, half), g % 4 * 2, g % 4 * 2 + 2), 3);
}

/// Bit `g` of 32 bytes, in the lowest place.
template <class S>
MOE_INLINE typename S::Bytes one_bit_values(const std::uint8_t* from, int g) {
    return S::keep(S::shift_right(S::load_groups(from, from), g, g + 1), 1);
}

template <class S>
struct Q2KFormat : MinFormat {
    static constexpr int kBytes = sizeof(BlockQ2_K);
    static constexpr int kGroup = 16;
    static constexpr int kMaxWeight = 3;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* min) {
        constexpr std::uint64_t kLow = 0x0F0F0F0F0F0F0F0F;
        const float d = S::f16(from + offsetof(BlockQ2_K, d));
        const float d_min = S::f16(from + offsetof(BlockQ2_K, d_min));
        for (int half = 0; half < 2; ++half) {
            const auto both = load_word<std::uint64_t>(from + offsetof(BlockQ2_K, scales) + 8 * half);
            S::store8(S::multiply8(S::from_unsigned_bytes(both & kLow), d), scale + 8 * half);
            S::store8(S::multiply8(S::from_unsigned_bytes(both >> 4 & kLow), d_min), min + 8 * half);
        }
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        return two_bit_values<S>(from + offsetof(BlockQ2_K, q), g);
    }
};

template <class S>
struct Q3KFormat : OffsetFormat<4> {
    static constexpr int kBytes = sizeof(BlockQ3_K);
    static constexpr int kGroup = 16;
    static constexpr int kMaxWeight = 7;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        constexpr std::uint64_t kLow = 0x0F0F0F0F0F0F0F0F;
        const auto low = load_word<std::uint64_t>(from + offsetof(BlockQ3_K, scales));
        const std::uint64_t high = load_word<std::uint32_t>(from + offsetof(BlockQ3_K, scales) + 8);
        const float d = S::f16(from + offsetof(BlockQ3_K, d));
        for (int half = 0; half < 2; ++half) {
            // Groups 4n to 4n + 3 have their upper bits at bit 2n of the last four bytes.
            const std::uint64_t upper = (high >> (4 * half) & 0x03030303) | (high >> (4 * half + 2) & 0x03030303) << 32;
            const std::uint64_t six_bits = (low >> (4 * half) & kLow) | upper << 4;
            // Less 32, in each byte: flip that bit, then extend it as a sign.
            const std::uint64_t flipped = six_bits ^ 0x2020202020202020;
            const std::uint64_t sign = (flipped & 0x2020202020202020) * 6;
            S::store8(S::multiply8(S::from_signed_bytes(flipped | sign), d), scale + 8 * half);
        }
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        const auto third = S::template shift_left<2>(one_bit_values<S>(from + offsetof(BlockQ3_K, q_high), g));
        return S::either(two_bit_values<S>(from + offsetof(BlockQ3_K, q), g), third);
    }
};

/// The scales and mins of Q4_K and Q5_K: six bits each, see `k_scale_and_min`.
template <class S>
MOE_INLINE void k_scales(const std::uint8_t* from, float d, float d_min, float* scale, float* min) {
    const auto first = load_word<std::uint32_t>(from);
    const auto second = load_word<std::uint32_t>(from + 4);
    const auto third = load_word<std::uint32_t>(from + 8);
    const std::uint64_t low_scales = first & 0x3F3F3F3F;
    const std::uint64_t low_mins = second & 0x3F3F3F3F;
    const std::uint64_t high_scales = (third & 0x0F0F0F0F) | (first >> 2 & 0x30303030);
    const std::uint64_t high_mins = (third >> 4 & 0x0F0F0F0F) | (second >> 2 & 0x30303030);
    S::store8(S::multiply8(S::from_unsigned_bytes(low_scales | high_scales << 32), d), scale);
    S::store8(S::multiply8(S::from_unsigned_bytes(low_mins | high_mins << 32), d_min), min);
}

/// The nibbles of group `g`, where each 32 bytes hold two groups.
template <class S>
MOE_INLINE typename S::Bytes k_nibbles(const std::uint8_t* from, int g) {
    const std::uint8_t* const q = from + g / 2 * 32;
    return S::keep(S::shift_right(S::load_groups(q, q), g % 2 * 4, 4), 0x0F);
}

template <class S>
struct Q4KFormat : MinFormat {
    static constexpr int kBytes = sizeof(BlockQ4_K);
    static constexpr int kMaxWeight = 15;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* min) {
        k_scales<S>(from + offsetof(BlockQ4_K, scales), S::f16(from + offsetof(BlockQ4_K, d)),
                    S::f16(from + offsetof(BlockQ4_K, d_min)), scale, min);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        return k_nibbles<S>(from + offsetof(BlockQ4_K, q), g);
    }
};

template <class S>
struct Q5KFormat : MinFormat {
    static constexpr int kBytes = sizeof(BlockQ5_K);
    static constexpr int kMaxWeight = 31;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* min) {
        k_scales<S>(from + offsetof(BlockQ5_K, scales), S::f16(from + offsetof(BlockQ5_K, d)),
                    S::f16(from + offsetof(BlockQ5_K, d_min)), scale, min);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        const auto fifth = S::template shift_left<4>(one_bit_values<S>(from + offsetof(BlockQ5_K, q_high), g));
        return S::either(k_nibbles<S>(from + offsetof(BlockQ5_K, q), g), fifth);
    }
};

template <class S>
struct Q6KFormat : OffsetFormat<32> {
    static constexpr int kBytes = sizeof(BlockQ6_K);
    static constexpr int kGroup = 16;
    static constexpr int kMaxWeight = 63;
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        const float d = S::f16(from + offsetof(BlockQ6_K, d));
        for (int half = 0; half < 2; ++half) {
            const auto bytes = load_word<std::uint64_t>(from + offsetof(BlockQ6_K, scales) + 8 * half);
            S::store8(S::multiply8(S::from_signed_bytes(bytes), d), scale + 8 * half);
        }
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        // Each 64 bytes hold four groups: two in the low nibbles, two in the high ones.
        const std::uint8_t* const q = from + offsetof(BlockQ6_K, q) + g / 4 * 64 + g % 2 * 32;
        const int shift = g % 4 / 2 * 4;
        const auto low = S::keep(S::shift_right(S::load_groups(q, q + 32), shift, shift), 0x0F);
        return S::either(low,
                         S::template shift_left<4>(two_bit_values<S>(from + offsetof(BlockQ6_K, q_high), g)));
    }
};

template <class S>
struct Iq4XsFormat : SignedFormat {
    static constexpr int kBytes = sizeof(BlockIQ4_XS);
    MOE_INLINE static void scales(const std::uint8_t* from, float* scale, float* /*min*/) {
        const std::uint64_t low = load_word<std::uint32_t>(from + offsetof(BlockIQ4_XS, scales_low));
        const std::uint64_t high = load_word<std::uint16_t>(from + offsetof(BlockIQ4_XS, scales_high));
        std::uint64_t bytes = 0;
        for (int g = 0; g < 8; ++g) {
            const std::uint64_t six_bits = (low >> (4 * g) & 15) | (high >> (2 * g) & 3) << 4;
            bytes |= ((six_bits - 32) & 0xFF) << (8 * g);
        }
        const float d = S::f16(from + offsetof(BlockIQ4_XS, d));
        S::store8(S::multiply8(S::from_signed_bytes(bytes), d), scale);
    }
    MOE_INLINE static typename S::Bytes values(const std::uint8_t* from, int g) {
        const std::uint8_t* const q = from + offsetof(BlockIQ4_XS, q) + g * 16;
        return S::look_up(kIq4Values, S::keep(S::load_nibbles(q, q + 16), 0x0F));
    }
};

}  // namespace moe
