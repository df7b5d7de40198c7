#pragma once

#include <immintrin.h>

#include "engine/kernels/simd_generic.h"

namespace moe {

/// GenericSimd<1> by the instructions of AVX2, FMA and F16C.
struct Avx2Simd {
    static constexpr int kGroups = 1;
    static constexpr int kLanes = 8;
    static constexpr int kBytes = 32;
    static constexpr int kGemmTokens = 4;
    static constexpr int kFloatTokens = 6;

    using Bytes = __m256i;
    struct Ints {
        __m256i at;
    };
    using Floats = __m256;
    using Floats8 = __m256;

    // ---- Bytes ------------------------------------------------------------------------------------------

    MOE_INLINE static Bytes load(const std::uint8_t* from) {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    }
    MOE_INLINE static void store(Bytes value, std::uint8_t* to) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value);
    }
    MOE_INLINE static Bytes load_groups(const std::uint8_t* first, const std::uint8_t* /*second*/) {
        return load(first);
    }
    MOE_INLINE static Bytes load_nibbles(const std::uint8_t* first, const std::uint8_t* /*second*/) {
        const __m128i pairs = _mm_loadu_si128(reinterpret_cast<const __m128i*>(first));
        return _mm256_srlv_epi64(_mm256_broadcastsi128_si256(pairs), _mm256_setr_epi64x(0, 0, 4, 4));
    }
    MOE_INLINE static Bytes load_fifth_bits(const std::uint8_t* first, const std::uint8_t* /*second*/) {
        return fifth_bits(first);
    }
    MOE_INLINE static __m256i fifth_bits(const std::uint8_t* from) {
        std::int32_t bits;
        __builtin_memcpy(&bits, from, sizeof bits);
        const __m256i byte_of_value = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
        const __m256i bit_of_value = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ull));
        const __m256i spread = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), byte_of_value);
        const __m256i is_set = _mm256_cmpeq_epi8(_mm256_and_si256(spread, bit_of_value), bit_of_value);
        return _mm256_and_si256(is_set, _mm256_set1_epi8(0x10));
    }
    MOE_INLINE static Bytes shift_right(Bytes value, int first, int /*second*/) {
        return _mm256_srl_epi16(value, _mm_cvtsi32_si128(first));
    }
    template <int kCount>
    MOE_INLINE static Bytes shift_left(Bytes value) {
        return _mm256_slli_epi16(value, kCount);
    }
    MOE_INLINE static Bytes keep(Bytes value, std::uint8_t mask) {
        return _mm256_and_si256(value, _mm256_set1_epi8(static_cast<char>(mask)));
    }
    MOE_INLINE static Bytes either(Bytes a, Bytes b) { return _mm256_or_si256(a, b); }
    MOE_INLINE static Bytes flip(Bytes value, std::uint8_t mask) {
        return _mm256_xor_si256(value, _mm256_set1_epi8(static_cast<char>(mask)));
    }
    MOE_INLINE static Bytes look_up(const std::int8_t (&table)[16], Bytes index) {
        const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
        return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), index);
    }
    MOE_INLINE static void transpose_quads(Bytes (&rows)[8]) {
        Floats8 floats[8];
        for (int i = 0; i < 8; ++i) floats[i] = _mm256_castsi256_ps(rows[i]);
        transpose8(floats);
        for (int i = 0; i < 8; ++i) rows[i] = _mm256_castps_si256(floats[i]);
    }
    MOE_INLINE static Bytes repeat4(const std::int8_t* from) {
        std::int32_t four;
        __builtin_memcpy(&four, from, sizeof four);
        return _mm256_set1_epi32(four);
    }

    // ---- Dot products -----------------------------------------------------------------------------------

    MOE_INLINE static Ints dot_unsigned(Bytes a, Bytes b) {
        return {_mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1))};
    }
    /// The sign of a goes to b: |a| * (sign(a) b), which fits 16 bits in pairs as |b| <= 127.
    MOE_INLINE static Ints dot_signed(Bytes a, Bytes b) {
        return dot_unsigned(_mm256_abs_epi8(a), _mm256_sign_epi8(b, a));
    }

    /// The sum is complete here: else GCC takes all products of a group first, and has no registers for them.
    MOE_INLINE static __m256i settled(__m256i sum) {
        asm("" : "+x"(sum));
        return sum;
    }

    struct NarrowProducts;
    struct MiddleProducts;
    struct WideProducts;
    template <bool kIsNarrow, bool kIsMiddle>
    struct Choice {
        using Type = WideProducts;
    };
    /// Eight pairs of products of weights up to 16 fit 16 bits, two pairs of those up to 64; others do not.
    template <int kMaxWeight>
    using Products = typename Choice<kMaxWeight <= 16, kMaxWeight <= 64>::Type;

    template <int kBits>
    MOE_INLINE static Ints all_shifted(std::int32_t value) {
        return {_mm256_slli_epi32(_mm256_set1_epi32(value), kBits)};
    }
    MOE_INLINE static Ints subtract(Ints a, Ints b) { return {_mm256_sub_epi32(a.at, b.at)}; }

    // ---- Rounding ---------------------------------------------------------------------------------------

    MOE_INLINE static float largest32(const float* x) {
        const __m256 sign = _mm256_set1_ps(-0.0f);
        __m256 largest = _mm256_setzero_ps();
        __m256 broken = _mm256_setzero_ps();
        for (int i = 0; i < 32; i += 8) {
            const __m256 values = _mm256_loadu_ps(x + i);
            largest = _mm256_max_ps(_mm256_andnot_ps(sign, values), largest);
            broken = _mm256_fmadd_ps(values, _mm256_setzero_ps(), broken);
        }
        __m128 half = _mm_max_ps(_mm256_castps256_ps128(largest), _mm256_extractf128_ps(largest, 1));
        half = _mm_max_ps(half, _mm_movehl_ps(half, half));
        return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half))) + sum8(broken);
    }
    MOE_INLINE static void round32(const float* x, float factor, std::int8_t* q, std::int32_t (&sums)[2]) {
        const auto rounded = [x, scale = _mm256_set1_ps(factor)](int i) {
            return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i), scale));
        };
        // Packing works within halves: the fours come out as 0 2 4 6 1 3 5 7.
        const __m256i words = _mm256_packs_epi16(_mm256_packs_epi32(rounded(0), rounded(8)),
                                                 _mm256_packs_epi32(rounded(16), rounded(24)));
        const __m256i bytes = _mm256_permutevar8x32_epi32(words, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(q), bytes);
        const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), bytes);
        const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
        const __m256i eights = _mm256_add_epi32(fours, _mm256_srli_epi64(fours, 32));
        const __m256i halves = _mm256_add_epi32(eights, _mm256_bsrli_epi128(eights, 8));
        sums[0] = _mm256_extract_epi32(halves, 0);
        sums[1] = _mm256_extract_epi32(halves, 4);
    }

    // ---- Floats -----------------------------------------------------------------------------------------

    MOE_INLINE static Floats zero() { return _mm256_setzero_ps(); }
    MOE_INLINE static Floats all(float value) { return _mm256_set1_ps(value); }
    MOE_INLINE static Floats load(const float* from) { return _mm256_loadu_ps(from); }
    MOE_INLINE static void store(Floats value, float* to) { _mm256_storeu_ps(to, value); }
    MOE_INLINE static Floats from_ints(Ints value) { return _mm256_cvtepi32_ps(value.at); }
    MOE_INLINE static Floats add(Floats a, Floats b) { return _mm256_add_ps(a, b); }
    MOE_INLINE static Floats multiply(Floats a, Floats b) { return _mm256_mul_ps(a, b); }
    MOE_INLINE static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
    MOE_INLINE static Floats subtract_product(Floats a, Floats b, Floats c) { return _mm256_fnmadd_ps(a, b, c); }
    MOE_INLINE static Floats spread32(const float* from) { return _mm256_broadcast_ss(from); }
    MOE_INLINE static Floats spread16(const float* from) {
        return _mm256_blend_ps(_mm256_broadcast_ss(from), _mm256_broadcast_ss(from + 1), 0xF0);
    }
    MOE_INLINE static float sum(Floats value) { return sum8(value); }

    // ---- Eight floats -----------------------------------------------------------------------------------

    MOE_INLINE static Floats8 zero8() { return _mm256_setzero_ps(); }
    MOE_INLINE static Floats8 load8(const float* from) { return _mm256_loadu_ps(from); }
    MOE_INLINE static void store8(Floats8 value, float* to) { _mm256_storeu_ps(to, value); }
    MOE_INLINE static Floats8 load8_ints(const std::int32_t* from) {
        return _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
    }
    MOE_INLINE static Floats8 multiply8(Floats8 a, Floats8 b) { return _mm256_mul_ps(a, b); }
    MOE_INLINE static Floats8 multiply8(Floats8 a, float b) { return _mm256_mul_ps(a, _mm256_set1_ps(b)); }
    MOE_INLINE static Floats8 multiply_add8(Floats8 a, Floats8 b, Floats8 c) { return _mm256_fmadd_ps(a, b, c); }
    MOE_INLINE static float sum8(Floats8 value) {
        __m128 half = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1));
        half = _mm_add_ps(half, _mm_movehl_ps(half, half));
        return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
    }
    MOE_INLINE static Floats8 load8_f16(const std::uint8_t* from) {
        return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    }
    MOE_INLINE static Floats8 load8_bf16(const std::uint8_t* from) {
        const __m256i words = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
        return _mm256_castsi256_ps(_mm256_slli_epi32(words, 16));
    }
    MOE_INLINE static Floats load_f16(const std::uint8_t* from) { return load8_f16(from); }
    MOE_INLINE static Floats load_bf16(const std::uint8_t* from) { return load8_bf16(from); }
    MOE_INLINE static void transpose8(Floats8 (&rows)[8]) {
        __m256 pairs[8];
        for (int i = 0; i < 8; i += 2) {
            pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
            pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
        }
        __m256 fours[8];
        for (int i = 0; i < 8; i += 4) {
            fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
            fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xEE);
            fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
            fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xEE);
        }
        for (int i = 0; i < 4; ++i) {
            rows[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
            rows[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
        }
    }
    MOE_INLINE static Floats8 twice_each(const float* from) {
        const __m256 four = _mm256_broadcast_ps(reinterpret_cast<const __m128*>(from));
        return _mm256_permutevar8x32_ps(four, _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3));
    }
    template <int kStride>
    MOE_INLINE static Floats8 gather_f16(const std::uint8_t* from) {
        const auto half = [from](int i) {
            std::uint16_t bits;
            __builtin_memcpy(&bits, from + i * kStride, sizeof bits);
            return static_cast<short>(bits);
        };
        return _mm256_cvtph_ps(_mm_setr_epi16(half(0), half(1), half(2), half(3), half(4), half(5), half(6), half(7)));
    }
    template <int kStride>
    MOE_INLINE static Floats8 gather_powers(const std::uint8_t* from) {
        const auto byte = [from](int i) { return static_cast<std::uint64_t>(from[i * kStride]) << (8 * i); };
        const std::uint64_t bytes =
            (byte(0) | byte(1)) | (byte(2) | byte(3)) | (byte(4) | byte(5)) | (byte(6) | byte(7));
        const __m128i less_one = _mm_subs_epu8(_mm_cvtsi64_si128(static_cast<long long>(bytes)), _mm_set1_epi8(1));
        return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu8_epi32(less_one), 23));
    }
    MOE_INLINE static Floats8 from_unsigned_bytes(std::uint64_t bytes) {
        return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(bytes))));
    }
    MOE_INLINE static Floats8 from_signed_bytes(std::uint64_t bytes) {
        return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_cvtsi64_si128(static_cast<long long>(bytes))));
    }
    MOE_INLINE static float f16(const std::uint8_t* from) {
        std::uint16_t bits;
        __builtin_memcpy(&bits, from, sizeof bits);
        return _cvtsh_ss(bits);
    }
};

template <>
struct Avx2Simd::Choice<true, true> {
    using Type = NarrowProducts;
};
template <>
struct Avx2Simd::Choice<false, true> {
    using Type = MiddleProducts;
};

/// Sums of 16 bits hold the eight steps of a group.
struct Avx2Simd::NarrowProducts {
    static constexpr int kSteps = 1;
    static constexpr bool kTakesSigned = false;
    using Sum = __m256i;
    MOE_INLINE static Sum zero() { return _mm256_setzero_si256(); }
    MOE_INLINE static Sum add(Sum sum, const Bytes (&weights)[kSteps], const Bytes (&x)[kSteps]) {
        return settled(_mm256_add_epi16(sum, _mm256_maddubs_epi16(weights[0], x[0])));
    }
    MOE_INLINE static Ints total(Sum sum) { return {_mm256_madd_epi16(sum, _mm256_set1_epi16(1))}; }
};

/// Sums of 16 bits hold two steps.
struct Avx2Simd::MiddleProducts {
    static constexpr int kSteps = 2;
    static constexpr bool kTakesSigned = false;
    using Sum = __m256i;
    MOE_INLINE static Sum zero() { return _mm256_setzero_si256(); }
    MOE_INLINE static Sum add(Sum sum, const Bytes (&weights)[kSteps], const Bytes (&x)[kSteps]) {
        const __m256i both =
            _mm256_add_epi16(_mm256_maddubs_epi16(weights[0], x[0]), _mm256_maddubs_epi16(weights[1], x[1]));
        return settled(_mm256_add_epi32(sum, _mm256_madd_epi16(both, _mm256_set1_epi16(1))));
    }
    MOE_INLINE static Ints total(Sum sum) { return {sum}; }
};

/// Signed weights: their sign goes to x.
struct Avx2Simd::WideProducts {
    static constexpr int kSteps = 1;
    static constexpr bool kTakesSigned = true;
    using Sum = __m256i;
    MOE_INLINE static Sum zero() { return _mm256_setzero_si256(); }
    MOE_INLINE static Sum add(Sum sum, const Bytes (&weights)[kSteps], const Bytes (&x)[kSteps]) {
        return settled(_mm256_add_epi32(sum, dot_signed(weights[0], x[0]).at));
    }
    MOE_INLINE static Ints total(Sum sum) { return {sum}; }
};

}  // namespace moe
