#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/quant/blocks.h"

// What the block kernels need of a processor, as plain C++. The processors' own versions (simd_avx2.h,
// simd_avx512.h) have the same names; a kernel is a template over one of them. Everything is inlined, since
// a function shared between files that are compiled for different processors must not exist.

#define MOE_INLINE [[gnu::always_inline]] inline

namespace moe {

/// `kWidth` groups of 32 values in a vector: 1 is what AVX2 has, 2 what AVX-512 has.
///
///   Bytes    32 * kWidth bytes, signed or not, as the operation says
///   Ints, Floats  8 * kWidth lanes; lane i of a dot product has the products of bytes 4i to 4i + 3
///   Floats8  8 floats in any width
///
/// Where an operation takes one pointer or number for each group, only the first kWidth are used.
template <int kWidth>
struct GenericSimd {
    static constexpr int kGroups = kWidth;
    static constexpr int kLanes = 8 * kWidth;
    static constexpr int kBytes = 32 * kWidth;
    static constexpr int kGemmTokens = 2;  ///< of a step of the matrix product, times two vectors of rows
    static constexpr int kFloatTokens = 2;  ///< the same for float weights

    struct Bytes {
        std::uint8_t at[kBytes];
    };
    struct Ints {
        std::int32_t at[kLanes];
    };
    struct Floats {
        float at[kLanes];
    };
    struct Floats8 {
        float at[8];
    };

    // ---- Bytes ------------------------------------------------------------------------------------------

    MOE_INLINE static Bytes load(const std::uint8_t* from) {
        Bytes out;
        for (int i = 0; i < kBytes; ++i) out.at[i] = from[i];
        return out;
    }
    MOE_INLINE static void store(Bytes value, std::uint8_t* to) {
        for (int i = 0; i < kBytes; ++i) to[i] = value.at[i];
    }
    /// 32 bytes for each group.
    MOE_INLINE static Bytes load_groups(const std::uint8_t* first, const std::uint8_t* second) {
        Bytes out;
        for (int i = 0; i < kBytes; ++i) out.at[i] = i < 32 ? first[i] : second[i - 32];
        return out;
    }
    /// 16 bytes for each group, then the same shifted right by four. Bits above the nibbles are undefined.
    MOE_INLINE static Bytes load_nibbles(const std::uint8_t* first, const std::uint8_t* second) {
        Bytes out;
        for (int group = 0; group < kGroups; ++group) {
            const std::uint8_t* const from = group == 0 ? first : second;
            for (int i = 0; i < 16; ++i) {
                out.at[32 * group + i] = from[i];
                out.at[32 * group + 16 + i] = static_cast<std::uint8_t>(from[i] >> 4);
            }
        }
        return out;
    }
    /// 0x10 where bit i of a group's four bytes is set, else 0.
    MOE_INLINE static Bytes load_fifth_bits(const std::uint8_t* first, const std::uint8_t* second) {
        Bytes out;
        for (int group = 0; group < kGroups; ++group) {
            const std::uint8_t* const from = group == 0 ? first : second;
            for (int i = 0; i < 32; ++i) {
                out.at[32 * group + i] = static_cast<std::uint8_t>(((from[i / 8] >> (i % 8)) & 1) << 4);
            }
        }
        return out;
    }
    /// Each group's bytes shifted right by its own count. Bits that move in are undefined.
    MOE_INLINE static Bytes shift_right(Bytes value, int first, int second) {
        for (int i = 0; i < kBytes; ++i) {
            value.at[i] = static_cast<std::uint8_t>(value.at[i] >> (i < 32 ? first : second));
        }
        return value;
    }
    /// No bit may leave its byte.
    template <int kCount>
    MOE_INLINE static Bytes shift_left(Bytes value) {
        for (int i = 0; i < kBytes; ++i) value.at[i] = static_cast<std::uint8_t>(value.at[i] << kCount);
        return value;
    }
    MOE_INLINE static Bytes keep(Bytes value, std::uint8_t mask) {
        for (int i = 0; i < kBytes; ++i) value.at[i] &= mask;
        return value;
    }
    MOE_INLINE static Bytes either(Bytes a, Bytes b) {
        for (int i = 0; i < kBytes; ++i) a.at[i] |= b.at[i];
        return a;
    }
    /// Flips the bits of `mask` in every byte.
    MOE_INLINE static Bytes flip(Bytes value, std::uint8_t mask) {
        for (int i = 0; i < kBytes; ++i) value.at[i] ^= mask;
        return value;
    }
    /// table[index] for indices below 16.
    MOE_INLINE static Bytes look_up(const std::int8_t (&table)[16], Bytes index) {
        for (int i = 0; i < kBytes; ++i) index.at[i] = static_cast<std::uint8_t>(table[index.at[i] & 15]);
        return index;
    }
    /// Vector i gets four bytes of each vector, those at 4i: as many vectors as there are lanes.
    MOE_INLINE static void transpose_quads(Bytes (&rows)[kLanes]) {
        for (int i = 0; i < kLanes; ++i) {
            for (int j = 0; j < i; ++j) {
                for (int byte = 0; byte < 4; ++byte) {
                    const std::uint8_t upper = rows[j].at[4 * i + byte];
                    rows[j].at[4 * i + byte] = rows[i].at[4 * j + byte];
                    rows[i].at[4 * j + byte] = upper;
                }
            }
        }
    }
    /// Four bytes, over and over.
    MOE_INLINE static Bytes repeat4(const std::int8_t* from) {
        Bytes out;
        for (int i = 0; i < kBytes; ++i) out.at[i] = static_cast<std::uint8_t>(from[i % 4]);
        return out;
    }

    // ---- Dot products -----------------------------------------------------------------------------------

    /// Bytes 0 to 127 times signed bytes -127 to 127.
    MOE_INLINE static Ints dot_unsigned(Bytes a, Bytes b) {
        Ints out{};
        for (int i = 0; i < kBytes; ++i) out.at[i / 4] += a.at[i] * static_cast<std::int8_t>(b.at[i]);
        return out;
    }
    /// Signed bytes -128 to 127 times signed bytes -127 to 127.
    MOE_INLINE static Ints dot_signed(Bytes a, Bytes b) {
        Ints out{};
        for (int i = 0; i < kBytes; ++i) {
            out.at[i / 4] += static_cast<std::int8_t>(a.at[i]) * static_cast<std::int8_t>(b.at[i]);
        }
        return out;
    }

    /// Sums of products of weights up to kMaxWeight with signed bytes -127 to 127, over up to eight times four
    /// of them. `kSteps` vectors are added at a time. Weights are unsigned, except that those of 8 bits are
    /// signed where kTakesSigned.
    template <int kMaxWeight>
    struct Products {
        static constexpr int kSteps = 1;
        static constexpr bool kTakesSigned = false;
        using Sum = Ints;
        MOE_INLINE static Sum zero() { return Ints{}; }
        MOE_INLINE static Sum add(Sum sum, const Bytes (&weights)[kSteps], const Bytes (&x)[kSteps]) {
            const Ints products = dot_unsigned(weights[0], x[0]);
            for (int i = 0; i < kLanes; ++i) sum.at[i] += products.at[i];
            return sum;
        }
        MOE_INLINE static Ints total(Sum sum) { return sum; }
    };

    /// value << kBits in every lane.
    template <int kBits>
    MOE_INLINE static Ints all_shifted(std::int32_t value) {
        Ints out;
        for (std::int32_t& lane : out.at) lane = value * (1 << kBits);
        return out;
    }
    MOE_INLINE static Ints subtract(Ints a, Ints b) {
        for (int i = 0; i < kLanes; ++i) a.at[i] -= b.at[i];
        return a;
    }

    // ---- Rounding ---------------------------------------------------------------------------------------

    /// The largest magnitude of 32 numbers; NaN or infinite where one of them is.
    MOE_INLINE static float largest32(const float* x) {
        float largest[8] = {};
        float broken = 0.0f;
        for (int i = 0; i < 32; ++i) {
            const float magnitude = __builtin_fabsf(x[i]);
            largest[i % 8] = largest[i % 8] < magnitude ? magnitude : largest[i % 8];
            broken += x[i] * 0.0f;
        }
        for (int i = 1; i < 8; ++i) largest[0] = largest[0] < largest[i] ? largest[i] : largest[0];
        return largest[0] + broken;
    }
    /// The nearest integers of 32 numbers times `factor`, which are -127 to 127, ties to even; and the sums of
    /// their halves. Adding 1.5 * 2^23 leaves the nearest integer in a float's last bits.
    MOE_INLINE static void round32(const float* x, float factor, std::int8_t* q, std::int32_t (&sums)[2]) {
        constexpr float kRounder = 12582912.0f;
        constexpr std::int32_t kRounderBits = 0x4B400000;
        sums[0] = sums[1] = 0;
        for (int i = 0; i < 32; ++i) {
            const float moved = x[i] * factor + kRounder;
            std::int32_t bits;
            __builtin_memcpy(&bits, &moved, sizeof bits);
            q[i] = static_cast<std::int8_t>(bits - kRounderBits);
            sums[i / 16] += q[i];
        }
    }

    // ---- Floats -----------------------------------------------------------------------------------------

    MOE_INLINE static Floats zero() { return Floats{}; }
    MOE_INLINE static Floats all(float value) {
        Floats out;
        for (float& lane : out.at) lane = value;
        return out;
    }
    MOE_INLINE static Floats load(const float* from) {
        Floats out;
        for (int i = 0; i < kLanes; ++i) out.at[i] = from[i];
        return out;
    }
    MOE_INLINE static void store(Floats value, float* to) {
        for (int i = 0; i < kLanes; ++i) to[i] = value.at[i];
    }
    MOE_INLINE static Floats from_ints(Ints value) {
        Floats out;
        for (int i = 0; i < kLanes; ++i) out.at[i] = static_cast<float>(value.at[i]);
        return out;
    }
    MOE_INLINE static Floats add(Floats a, Floats b) {
        for (int i = 0; i < kLanes; ++i) a.at[i] += b.at[i];
        return a;
    }
    MOE_INLINE static Floats multiply(Floats a, Floats b) {
        for (int i = 0; i < kLanes; ++i) a.at[i] *= b.at[i];
        return a;
    }
    /// a * b + c, rounded once or twice.
    MOE_INLINE static Floats multiply_add(Floats a, Floats b, Floats c) {
        for (int i = 0; i < kLanes; ++i) c.at[i] += a.at[i] * b.at[i];
        return c;
    }
    /// c - a * b, rounded once or twice.
    MOE_INLINE static Floats subtract_product(Floats a, Floats b, Floats c) {
        for (int i = 0; i < kLanes; ++i) c.at[i] -= a.at[i] * b.at[i];
        return c;
    }
    /// from[0] in the first group's lanes, from[1] in the second's.
    MOE_INLINE static Floats spread32(const float* from) {
        Floats out;
        for (int i = 0; i < kLanes; ++i) out.at[i] = from[i / 8];
        return out;
    }
    /// As spread32, with a number for each half of a group.
    MOE_INLINE static Floats spread16(const float* from) {
        Floats out;
        for (int i = 0; i < kLanes; ++i) out.at[i] = from[i / 4];
        return out;
    }
    MOE_INLINE static float sum(Floats value) {
        for (int half = kLanes / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; ++i) value.at[i] += value.at[i + half];
        }
        return value.at[0];
    }

    // ---- Eight floats -----------------------------------------------------------------------------------

    MOE_INLINE static Floats8 zero8() { return Floats8{}; }
    MOE_INLINE static Floats8 load8(const float* from) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) out.at[i] = from[i];
        return out;
    }
    MOE_INLINE static void store8(Floats8 value, float* to) {
        for (int i = 0; i < 8; ++i) to[i] = value.at[i];
    }
    MOE_INLINE static Floats8 load8_ints(const std::int32_t* from) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) out.at[i] = static_cast<float>(from[i]);
        return out;
    }
    MOE_INLINE static Floats8 multiply8(Floats8 a, Floats8 b) {
        for (int i = 0; i < 8; ++i) a.at[i] *= b.at[i];
        return a;
    }
    MOE_INLINE static Floats8 multiply8(Floats8 a, float b) {
        for (int i = 0; i < 8; ++i) a.at[i] *= b;
        return a;
    }
    MOE_INLINE static Floats8 multiply_add8(Floats8 a, Floats8 b, Floats8 c) {
        for (int i = 0; i < 8; ++i) c.at[i] += a.at[i] * b.at[i];
        return c;
    }
    MOE_INLINE static float sum8(Floats8 value) {
        for (int half = 4; half > 0; half /= 2) {
            for (int i = 0; i < half; ++i) value.at[i] += value.at[i + half];
        }
        return value.at[0];
    }
    /// Eight binary16 numbers.
    MOE_INLINE static Floats8 load8_f16(const std::uint8_t* from) { return gather_f16<2>(from); }
    /// Eight bfloat16 numbers.
    MOE_INLINE static Floats8 load8_bf16(const std::uint8_t* from) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) {
            const std::uint32_t bits = static_cast<std::uint32_t>(from[2 * i] | from[2 * i + 1] << 8) << 16;
            __builtin_memcpy(&out.at[i], &bits, sizeof bits);
        }
        return out;
    }
    /// As many binary16 or bfloat16 numbers as there are lanes.
    MOE_INLINE static Floats load_f16(const std::uint8_t* from) {
        Floats out;
        for (int i = 0; i < kLanes; i += 8) store8(load8_f16(from + 2 * i), out.at + i);
        return out;
    }
    MOE_INLINE static Floats load_bf16(const std::uint8_t* from) {
        Floats out;
        for (int i = 0; i < kLanes; i += 8) store8(load8_bf16(from + 2 * i), out.at + i);
        return out;
    }
    MOE_INLINE static void transpose8(Floats8 (&rows)[8]) {
        for (int i = 0; i < 8; ++i) {
            for (int j = 0; j < i; ++j) {
                const float upper = rows[j].at[i];
                rows[j].at[i] = rows[i].at[j];
                rows[i].at[j] = upper;
            }
        }
    }
    /// Both values of each pair: from[0], from[0], from[1], ... from[3], from[3].
    MOE_INLINE static Floats8 twice_each(const float* from) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) out.at[i] = from[i / 2];
        return out;
    }
    /// A binary16 number every kStride bytes.
    template <int kStride>
    MOE_INLINE static Floats8 gather_f16(const std::uint8_t* from) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) out.at[i] = f16(from + i * kStride);
        return out;
    }
    /// 2^(byte - 128), a byte every kStride bytes; the two smallest become 0.
    template <int kStride>
    MOE_INLINE static Floats8 gather_powers(const std::uint8_t* from) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) {
            const std::uint32_t byte = from[i * kStride];
            const std::uint32_t bits = (byte > 0 ? byte - 1 : 0) << 23;
            __builtin_memcpy(&out.at[i], &bits, sizeof bits);
        }
        return out;
    }
    MOE_INLINE static Floats8 from_unsigned_bytes(std::uint64_t bytes) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) out.at[i] = static_cast<float>((bytes >> (8 * i)) & 0xFF);
        return out;
    }
    MOE_INLINE static Floats8 from_signed_bytes(std::uint64_t bytes) {
        Floats8 out;
        for (int i = 0; i < 8; ++i) {
            out.at[i] = static_cast<float>(static_cast<std::int8_t>((bytes >> (8 * i)) & 0xFF));
        }
        return out;
    }
    MOE_INLINE static float f16(const std::uint8_t* from) {
        const std::uint32_t bits = from[0] | static_cast<std::uint32_t>(from[1]) << 8;
        const std::uint32_t sign = (bits & 0x8000u) << 16;
        const std::uint32_t magnitude = (bits & 0x7FFFu) << 13;
        std::uint32_t out = magnitude + (112u << 23);               // a bias of 127 for one of 15
        if (magnitude >= (31u << 23)) out += 112u << 23;            // infinite
        float value;
        __builtin_memcpy(&value, &out, sizeof value);
        if (magnitude < (1u << 23)) {
            out += 1u << 23;  // subnormal: digits after a one that is taken away again
            __builtin_memcpy(&value, &out, sizeof value);
            value -= 0x1p-14f;
        }
        __builtin_memcpy(&out, &value, sizeof out);
        out |= sign;
        __builtin_memcpy(&value, &out, sizeof value);
        return value;
    }
};

}  // namespace moe
