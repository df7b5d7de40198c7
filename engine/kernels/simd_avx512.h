#pragma once

#include "engine/kernels/simd_avx2.h"

namespace moe {

/// GenericSimd<2> by the instructions of AVX-512 (F, BW, VL, DQ) and VNNI; eight floats as AVX2 has them.
struct Avx512Simd : Avx2Simd {
    static constexpr int kGroups = 2;
    static constexpr int kLanes = 16;
    static constexpr int kBytes = 64;
    static constexpr int kGemmTokens = 6;
    static constexpr int kFloatTokens = 12;

    using Bytes = __m512i;
    struct Ints {
        __m512i at;
    };
    using Floats = __m512;

    // ---- Bytes ------------------------------------------------------------------------------------------

    MOE_INLINE static Bytes load(const std::uint8_t* from) { return _mm512_loadu_si512(from); }
    MOE_INLINE static void store(Bytes value, std::uint8_t* to) { _mm512_storeu_si512(to, value); }
    MOE_INLINE static Bytes join(__m256i first, __m256i second) {
        return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
    }
    MOE_INLINE static Bytes load_groups(const std::uint8_t* first, const std::uint8_t* second) {
        return join(Avx2Simd::load(first), Avx2Simd::load(second));
    }
    MOE_INLINE static Bytes load_nibbles(const std::uint8_t* first, const std::uint8_t* second) {
        const auto pairs = [](const std::uint8_t* from) {
            return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
        };
        return _mm512_srlv_epi64(join(pairs(first), pairs(second)), _mm512_setr_epi64(0, 0, 4, 4, 0, 0, 4, 4));
    }
    MOE_INLINE static Bytes load_fifth_bits(const std::uint8_t* first, const std::uint8_t* second) {
        return join(fifth_bits(first), fifth_bits(second));
    }
    MOE_INLINE static Bytes shift_right(Bytes value, int first, int second) {
        return _mm512_srlv_epi16(value, join(_mm256_set1_epi16(static_cast<short>(first)),
                                             _mm256_set1_epi16(static_cast<short>(second))));
    }
    template <int kCount>
    MOE_INLINE static Bytes shift_left(Bytes value) {
        return _mm512_slli_epi16(value, kCount);
    }
    MOE_INLINE static Bytes keep(Bytes value, std::uint8_t mask) {
        return _mm512_and_si512(value, _mm512_set1_epi8(static_cast<char>(mask)));
    }
    MOE_INLINE static Bytes either(Bytes a, Bytes b) { return _mm512_or_si512(a, b); }
    MOE_INLINE static Bytes flip(Bytes value, std::uint8_t mask) {
        return _mm512_xor_si512(value, _mm512_set1_epi8(static_cast<char>(mask)));
    }
    MOE_INLINE static Bytes look_up(const std::int8_t (&table)[16], Bytes index) {
        const __m128i quarter = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
        return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(quarter), index);
    }
    MOE_INLINE static void transpose_quads(Bytes (&rows)[16]) {
        // Within quarters first: quarter q of fours[4n + i] has the fours at 4q + i of rows 4n to 4n + 3.
        Bytes fours[16];
#pragma GCC unroll 4
        for (int i = 0; i < 16; i += 4) {
            const Bytes low01 = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
            const Bytes high01 = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
            const Bytes low23 = _mm512_unpacklo_epi32(rows[i + 2], rows[i + 3]);
            const Bytes high23 = _mm512_unpackhi_epi32(rows[i + 2], rows[i + 3]);
            fours[i] = _mm512_unpacklo_epi64(low01, low23);
            fours[i + 1] = _mm512_unpackhi_epi64(low01, low23);
            fours[i + 2] = _mm512_unpacklo_epi64(high01, high23);
            fours[i + 3] = _mm512_unpackhi_epi64(high01, high23);
        }
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {  // then the quarters, as a square of four
            const Bytes even = _mm512_shuffle_i32x4(fours[i], fours[4 + i], 0x88);
            const Bytes odd = _mm512_shuffle_i32x4(fours[i], fours[4 + i], 0xDD);
            const Bytes even_below = _mm512_shuffle_i32x4(fours[8 + i], fours[12 + i], 0x88);
            const Bytes odd_below = _mm512_shuffle_i32x4(fours[8 + i], fours[12 + i], 0xDD);
            rows[i] = _mm512_shuffle_i32x4(even, even_below, 0x88);
            rows[8 + i] = _mm512_shuffle_i32x4(even, even_below, 0xDD);
            rows[4 + i] = _mm512_shuffle_i32x4(odd, odd_below, 0x88);
            rows[12 + i] = _mm512_shuffle_i32x4(odd, odd_below, 0xDD);
        }
    }
    MOE_INLINE static Bytes repeat4(const std::int8_t* from) {
        std::int32_t four;
        __builtin_memcpy(&four, from, sizeof four);
        return _mm512_set1_epi32(four);
    }

    // ---- Dot products -----------------------------------------------------------------------------------

    MOE_INLINE static Ints dot_unsigned(Bytes a, Bytes b) {
        return {_mm512_dpbusd_epi32(_mm512_setzero_si512(), a, b)};
    }
    /// The sign of a goes to b.
    MOE_INLINE static Ints dot_signed(Bytes a, Bytes b) {
        const __m512i signed_b = _mm512_mask_sub_epi8(b, _mm512_movepi8_mask(a), _mm512_setzero_si512(), b);
        return dot_unsigned(_mm512_abs_epi8(a), signed_b);
    }

    template <int kMaxWeight>
    struct Products {
        static constexpr int kSteps = 1;
        static constexpr bool kTakesSigned = false;
        using Sum = __m512i;
        MOE_INLINE static Sum zero() { return _mm512_setzero_si512(); }
        MOE_INLINE static Sum add(Sum sum, const Bytes (&weights)[kSteps], const Bytes (&x)[kSteps]) {
            return _mm512_dpbusd_epi32(sum, weights[0], x[0]);
        }
        MOE_INLINE static Ints total(Sum sum) { return {sum}; }
    };

    template <int kBits>
    MOE_INLINE static Ints all_shifted(std::int32_t value) {
        return {_mm512_slli_epi32(_mm512_set1_epi32(value), kBits)};
    }
    MOE_INLINE static Ints subtract(Ints a, Ints b) { return {_mm512_sub_epi32(a.at, b.at)}; }

    // ---- Floats -----------------------------------------------------------------------------------------

    MOE_INLINE static Floats zero() { return _mm512_setzero_ps(); }
    MOE_INLINE static Floats all(float value) { return _mm512_set1_ps(value); }
    MOE_INLINE static Floats load(const float* from) { return _mm512_loadu_ps(from); }
    MOE_INLINE static void store(Floats value, float* to) { _mm512_storeu_ps(to, value); }
    MOE_INLINE static Floats from_ints(Ints value) { return _mm512_cvtepi32_ps(value.at); }
    MOE_INLINE static Floats add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
    MOE_INLINE static Floats multiply(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
    MOE_INLINE static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
    MOE_INLINE static Floats subtract_product(Floats a, Floats b, Floats c) { return _mm512_fnmadd_ps(a, b, c); }
    MOE_INLINE static Floats spread32(const float* from) {
        return _mm512_mask_blend_ps(0xFF00, _mm512_set1_ps(from[0]), _mm512_set1_ps(from[1]));
    }
    MOE_INLINE static Floats spread16(const float* from) {
        const __m512 four = _mm512_castps128_ps512(_mm_loadu_ps(from));
        return _mm512_permutexvar_ps(_mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3), four);
    }
    MOE_INLINE static Floats load_f16(const std::uint8_t* from) { return _mm512_cvtph_ps(Avx2Simd::load(from)); }
    MOE_INLINE static Floats load_bf16(const std::uint8_t* from) {
        return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(Avx2Simd::load(from)), 16));
    }
    MOE_INLINE static float sum(Floats value) {
        return sum8(_mm256_add_ps(_mm512_castps512_ps256(value), _mm512_extractf32x8_ps(value, 1)));
    }
};

}  // namespace moe
