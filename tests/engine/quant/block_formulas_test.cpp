#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/rng.h"
#include "engine/quant/decode.h"
#include "engine/quant/half.h"

// Random blocks of every type against the format's formulas, written value by value in double and by byte
// offsets from the table of the format's documentation, slow and without the structs of the decoder.

namespace moe {
namespace {

using Bytes = std::vector<std::uint8_t>;

double half_at(const Bytes& b, std::size_t at) {
    return static_cast<double>(float_from_f16(static_cast<std::uint16_t>(b[at] | b[at + 1] << 8)));
}
int low(int byte) { return byte % 16; }
int high(int byte) { return byte / 16; }
int bit(int byte, std::size_t n) { return byte / (1 << n) % 2; }
int two_bits(int byte, std::size_t n) { return byte / (1 << n) % 4; }
/// Nibble `j` of 32 in 16 bytes, low ones first.
int nibble_of_32(const Bytes& b, std::size_t at, std::size_t j) {
    return j < 16 ? low(b[at + j]) : high(b[at + j - 16]);
}
int fifth_bit(const Bytes& b, std::size_t at, std::size_t j) { return 16 * bit(b[at + j / 8], j % 8); }

double q4_0(const Bytes& b, std::size_t j) { return half_at(b, 0) * (nibble_of_32(b, 2, j) - 8); }
double q4_1(const Bytes& b, std::size_t j) { return half_at(b, 0) * nibble_of_32(b, 4, j) + half_at(b, 2); }
double q5_0(const Bytes& b, std::size_t j) {
    return half_at(b, 0) * (nibble_of_32(b, 6, j) + fifth_bit(b, 2, j) - 16);
}
double q5_1(const Bytes& b, std::size_t j) {
    return half_at(b, 0) * (nibble_of_32(b, 8, j) + fifth_bit(b, 4, j)) + half_at(b, 2);
}
double q8_0(const Bytes& b, std::size_t j) { return half_at(b, 0) * static_cast<std::int8_t>(b[2 + j]); }

double q2_k(const Bytes& b, std::size_t i) {
    const std::size_t half = i / 128, shift = 2 * (i % 128 / 32);
    const int q = two_bits(b[16 + 32 * half + i % 32], shift);
    const int scale = b[i / 16];
    return half_at(b, 80) * low(scale) * q - half_at(b, 82) * high(scale);
}

double q3_k(const Bytes& b, std::size_t i) {
    const std::size_t half = i / 128, quarter = i % 128 / 32, group = i / 16;
    const int q = two_bits(b[32 + 32 * half + i % 32], 2 * quarter);
    const bool has_third_bit = bit(b[i % 32], 4 * half + quarter) == 1;
    const int scale_low = group < 8 ? low(b[96 + group]) : high(b[96 + group - 8]);
    const int scale = scale_low + 16 * two_bits(b[104 + group % 4], 2 * (group / 4));
    return half_at(b, 108) * (scale - 32) * (has_third_bit ? q : q - 4);
}

/// The six-bit scale and min of group `j`, as the table gives them; s is 12 bytes from `at`.
std::pair<int, int> scale_and_min(const Bytes& b, std::size_t at, std::size_t j) {
    const std::uint8_t* const s = b.data() + at;
    if (j < 4) return {s[j] & 63, s[j + 4] & 63};
    return {(s[j + 4] & 15) | (s[j - 4] >> 6) << 4, (s[j + 4] >> 4) | (s[j] >> 6) << 4};
}

double q4_k(const Bytes& b, std::size_t i) {
    const auto [scale, min] = scale_and_min(b, 4, i / 32);
    const std::size_t chunk = i / 64, l = i % 32;
    const int byte = b[16 + 32 * chunk + l];
    return half_at(b, 0) * scale * (i % 64 < 32 ? low(byte) : high(byte)) - half_at(b, 2) * min;
}

double q5_k(const Bytes& b, std::size_t i) {
    const auto [scale, min] = scale_and_min(b, 4, i / 32);
    const std::size_t chunk = i / 64, l = i % 32;
    const int byte = b[48 + 32 * chunk + l];
    const int q = i % 64 < 32 ? low(byte) + 16 * bit(b[16 + l], 2 * chunk)
                              : high(byte) + 16 * bit(b[16 + l], 2 * chunk + 1);
    return half_at(b, 0) * scale * q - half_at(b, 2) * min;
}

double q6_k(const Bytes& b, std::size_t i) {
    const std::size_t half = i / 128, l = i % 32, quarter = i % 128 / 32;
    const std::uint8_t* const ql = b.data() + 64 * half;
    const int nibbles[] = {low(ql[l]), low(ql[l + 32]), high(ql[l]), high(ql[l + 32])};
    const int q = nibbles[quarter] + 16 * two_bits(b[128 + 32 * half + l], 2 * quarter);
    const auto scale = static_cast<std::int8_t>(b[192 + 8 * half + l / 16 + 2 * quarter]);
    return half_at(b, 208) * scale * (q - 32);
}

constexpr int kIq4[] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
double iq4_nl(const Bytes& b, std::size_t j) { return half_at(b, 0) * kIq4[nibble_of_32(b, 2, j)]; }
double iq4_xs(const Bytes& b, std::size_t i) {
    const std::size_t group = i / 32;
    const int scale_low = group % 2 == 0 ? low(b[4 + group / 2]) : high(b[4 + group / 2]);
    const int scale_high = (b[2] + 256 * b[3]) >> (2 * group) & 3;
    return half_at(b, 0) * (scale_low + 16 * scale_high - 32) * kIq4[nibble_of_32(b, 8 + 16 * group, i % 32)];
}

double mxfp4(const Bytes& b, std::size_t j) {
    constexpr double kValues[] = {0, 1, 2, 3, 4, 6, 8, 12};
    const int q = nibble_of_32(b, 1, j);
    return std::pow(2.0, b[0] - 128) * (q < 8 ? kValues[q] : -kValues[q - 8]);
}

struct Formula {
    BlockType type;
    double (*value)(const Bytes& block, std::size_t index);
    std::vector<std::size_t> halves;  ///< where F16 numbers lie
};

const Formula kFormulas[] = {
    {BlockType::Q4_0, q4_0, {0}},    {BlockType::Q4_1, q4_1, {0, 2}},  {BlockType::Q5_0, q5_0, {0}},
    {BlockType::Q5_1, q5_1, {0, 2}}, {BlockType::Q8_0, q8_0, {0}},     {BlockType::Q2_K, q2_k, {80, 82}},
    {BlockType::Q3_K, q3_k, {108}},  {BlockType::Q4_K, q4_k, {0, 2}},  {BlockType::Q5_K, q5_k, {0, 2}},
    {BlockType::Q6_K, q6_k, {208}},  {BlockType::IQ4_NL, iq4_nl, {0}}, {BlockType::IQ4_XS, iq4_xs, {0}},
    {BlockType::MXFP4, mxfp4, {}},
};

constexpr int kBlocks = 200;
// One rounding of a float, of numbers that are at most the sum of the formula's two terms.
constexpr double kRounding = 1.0 / (1 << 24);

/// Random bytes; the scales are what `half_bits` makes of random bits.
Bytes random_block(const Formula& formula, Rng& rng, std::uint16_t (*half_bits)(Rng&)) {
    Bytes block(block_layout(formula.type).size_bytes);
    for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(rng.below(256));
    for (const std::size_t at : formula.halves) {
        const std::uint16_t bits = half_bits(rng);
        block[at] = static_cast<std::uint8_t>(bits & 0xFF);
        block[at + 1] = static_cast<std::uint8_t>(bits >> 8);
    }
    return block;
}

/// Decodes a block that lies at an odd address.
std::vector<float> decode(BlockType type, const Bytes& block) {
    Bytes shifted{0};
    shifted.insert(shifted.end(), block.begin(), block.end());
    std::vector<float> out(block_layout(type).values);
    decode_row(type, reinterpret_cast<const std::byte*>(shifted.data() + 1), out);
    return out;
}

class BlockFormulasTest : public testing::TestWithParam<Formula> {};

TEST_P(BlockFormulasTest, AgreesWithTheFormulaForEveryValue) {
    Rng rng(1);
    const auto finite = [](Rng& from) {
        return f16_from_float(static_cast<float>(2.0 * from.uniform() - 1.0));
    };
    for (int n = 0; n < kBlocks; ++n) {
        const Bytes block = random_block(GetParam(), rng, finite);
        const std::vector<float> out = decode(GetParam().type, block);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double expected = GetParam().value(block, i);
            if (std::abs(expected) > 3.4e38) {  // an MXFP4 exponent beyond what a float holds
                ASSERT_TRUE(std::isinf(out[i]));
                continue;
            }
            // Two terms that nearly cancel leave the rounding of the larger one, at most 63 times 31.
            const double largest = std::max(std::abs(expected), GetParam().halves.size() == 2 ? 1953.0 : 0.0);
            ASSERT_NEAR(static_cast<double>(out[i]), expected, largest * kRounding) << "value " << i;
        }
    }
}

TEST_P(BlockFormulasTest, AnyBitsAreDecodedWithoutTrouble) {
    Rng rng(2);
    const auto special = [](Rng& from) {
        constexpr std::uint16_t kSpecial[] = {0x0000, 0x8000, 0x0001, 0x03FF, 0x7BFF,
                                              0xFBFF, 0x7C00, 0xFC00, 0x7E00, 0xFFFF};
        return kSpecial[from.below(std::size(kSpecial))];
    };
    for (int n = 0; n < kBlocks; ++n) {
        const Bytes block = random_block(GetParam(), rng, special);
        const std::vector<float> out = decode(GetParam().type, block);
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double expected = GetParam().value(block, i);
            if (std::isnan(expected)) {
                ASSERT_TRUE(std::isnan(out[i])) << "value " << i;
            } else if (std::isinf(expected)) {
                ASSERT_TRUE(std::isinf(out[i])) << "value " << i;
            }
        }
    }
}

TEST_P(BlockFormulasTest, TakesTheBlocksOfARowInTurn) {
    Rng rng(3);
    const auto one = [](Rng&) { return std::uint16_t{0x3C00}; };
    const Bytes first = random_block(GetParam(), rng, one);
    const Bytes second = random_block(GetParam(), rng, one);
    Bytes row = first;
    row.insert(row.end(), second.begin(), second.end());
    std::vector<float> out(2 * block_layout(GetParam().type).values);
    decode_row(GetParam().type, reinterpret_cast<const std::byte*>(row.data()), out);
    std::vector<float> expected = decode(GetParam().type, first);
    const std::vector<float> rest = decode(GetParam().type, second);
    expected.insert(expected.end(), rest.begin(), rest.end());
    EXPECT_EQ(out, expected);
}

INSTANTIATE_TEST_SUITE_P(Types, BlockFormulasTest, testing::ValuesIn(kFormulas),
                         [](const auto& param) { return std::string(block_type_name(param.param.type)); });

}  // namespace
}  // namespace moe
