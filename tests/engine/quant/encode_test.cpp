#include "engine/quant/encode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/base/rng.h"
#include "engine/quant/decode.h"

namespace moe {
namespace {

constexpr std::size_t kValues = 512;
constexpr float kScaleRounding = 1e-3f;  // of an F16 scale near 1

/// What becomes of numbers on their way into a file and back; the blocks lie at an odd address.
std::vector<float> there_and_back(BlockType type, const std::vector<float>& values) {
    const BlockLayout layout = block_layout(type);
    std::vector<std::byte> row(1 + values.size() / layout.values * layout.size_bytes);
    encode_row(type, values, row.data() + 1);
    std::vector<float> out(values.size());
    decode_row(type, row.data() + 1, out);
    return out;
}

std::vector<float> random_values(std::uint64_t seed, float amplitude) {
    Rng rng(seed);
    std::vector<float> values(kValues);
    for (float& value : values) value = amplitude * static_cast<float>(2.0 * rng.uniform() - 1.0);
    return values;
}

/// How far a number may move, in units of the largest magnitude of its block.
struct Bound {
    BlockType type;
    double error;
};

// Signed scales lose up to 1 / 32 (Q3_K, IQ4_XS) or 1 / 128 (Q6_K) where a group's extreme has the other sign
// than that of the whole block.
// Half a step, plus what the rounding of scales and mins adds, plus one step where the extreme value sits on
// the side of the number line that has one step less. A range is at most twice the largest magnitude.
const Bound kBounds[] = {
    {BlockType::F32, 0.0},
    {BlockType::F16, 1.0 / 2048},
    {BlockType::BF16, 1.0 / 256},
    {BlockType::Q8_0, 0.51 / 127},
    {BlockType::Q4_0, 1.01 / 8},  // -extreme is clamped by a whole step
    {BlockType::Q5_0, 1.01 / 16},
    {BlockType::Q4_1, 0.52 * 2 / 15},
    {BlockType::Q5_1, 0.52 * 2 / 31},
    {BlockType::Q2_K, 1.0 / 3 + 2 * 0.5 / 15 + 0.5 / 15},  // half a step, scale, min
    {BlockType::Q3_K, 1.01 / 4 + 1.0 / 32},
    {BlockType::Q4_K, 1.0 / 15 + 2 * 0.5 / 63 + 0.5 / 63},
    {BlockType::Q5_K, 1.0 / 31 + 2 * 0.5 / 63 + 0.5 / 63},
    {BlockType::Q6_K, 1.01 / 32 + 1.0 / 128},
    {BlockType::IQ4_NL, 14.01 / 127},  // -extreme is clamped from 127 to 113
    {BlockType::IQ4_XS, 14.01 / 127 + 1.0 / 32},
    {BlockType::MXFP4, 2.01 / 8},  // from just below 8 to 6
};

class EncodeTest : public testing::TestWithParam<Bound> {
  protected:
    static void expect_near(const std::vector<float>& values, const std::vector<float>& out) {
        const std::size_t layout_values = block_layout(GetParam().type).values;
        const std::size_t n = layout_values == 1 ? kValues : layout_values;
        for (std::size_t first = 0; first < values.size(); first += n) {
            double largest = 0.0;
            for (std::size_t i = first; i < first + n; ++i) {
                largest = std::max(largest, std::abs(static_cast<double>(values[i])));
            }
            for (std::size_t i = first; i < first + n; ++i) {
                ASSERT_NEAR(static_cast<double>(out[i]), static_cast<double>(values[i]),
                            GetParam().error * largest)
                    << "value " << i;
            }
        }
    }
};

TEST_P(EncodeTest, MovesNoNumberFurtherThanTheBound) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        for (const float amplitude : {0.02f, 1.0f, 300.0f}) {
            const std::vector<float> values = random_values(seed, amplitude);
            expect_near(values, there_and_back(GetParam().type, values));
        }
    }
}

TEST_P(EncodeTest, HoldsNumbersOfOneSign) {
    for (const float sign : {1.0f, -1.0f}) {
        std::vector<float> values = random_values(/*seed=*/7, 1.0f);
        for (float& value : values) value = sign * (1.5f + 0.5f * value);
        expect_near(values, there_and_back(GetParam().type, values));
    }
}

TEST_P(EncodeTest, KeepsZeros) {
    const std::vector<float> zeros(kValues);
    EXPECT_EQ(there_and_back(GetParam().type, zeros), zeros);
}

TEST_P(EncodeTest, GivesNumbersForAnyInput) {
    std::vector<float> values = random_values(/*seed=*/8, 1.0f);
    values[0] = std::numeric_limits<float>::quiet_NaN();
    values[40] = std::numeric_limits<float>::infinity();
    values[300] = -std::numeric_limits<float>::infinity();
    values[301] = 3e38f;
    values[400] = std::numeric_limits<float>::denorm_min();
    const std::vector<float> out = there_and_back(GetParam().type, values);
    if (block_layout(GetParam().type).values == 1) return;  // these keep what they were given
    if (GetParam().type == BlockType::MXFP4) return;        // reaches beyond floats by design
    for (const float value : out) EXPECT_TRUE(std::isfinite(value));
}

INSTANTIATE_TEST_SUITE_P(Types, EncodeTest, testing::ValuesIn(kBounds),
                         [](const auto& param) { return std::string(block_type_name(param.param.type)); });

TEST(EncodeTypesTest, CoversEveryType) { EXPECT_EQ(std::size(kBounds), all_block_types().size()); }

TEST(EncodeTypesTest, WhatCameOutOnceComesOutAgain) {
    // Not so where scales have a scale, which is found anew.
    for (const BlockType type : all_block_types()) {
        if (block_layout(type).values == 256) continue;
        SCOPED_TRACE(block_type_name(type));
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const std::vector<float> once = there_and_back(type, random_values(seed, 1.0f));
            const std::vector<float> twice = there_and_back(type, once);
            for (std::size_t i = 0; i < once.size(); ++i) {
                ASSERT_NEAR(twice[i], once[i], kScaleRounding) << "value " << i;
            }
        }
    }
}

/// The squared error of random numbers, relative to their own squares.
double relative_error(BlockType type) {
    double error = 0.0, square = 0.0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const std::vector<float> values = random_values(seed, 1.0f);
        const std::vector<float> out = there_and_back(type, values);
        for (std::size_t i = 0; i < values.size(); ++i) {
            error += std::pow(static_cast<double>(out[i]) - static_cast<double>(values[i]), 2);
            square += std::pow(static_cast<double>(values[i]), 2);
        }
    }
    return error / square;
}

TEST(EncodeTypesTest, MoreBitsAreCloser) {
    EXPECT_LT(relative_error(BlockType::Q8_0), relative_error(BlockType::Q6_K));
    EXPECT_LT(relative_error(BlockType::Q6_K), relative_error(BlockType::Q5_K));
    EXPECT_LT(relative_error(BlockType::Q5_K), relative_error(BlockType::Q4_K));
    EXPECT_LT(relative_error(BlockType::Q4_K), relative_error(BlockType::Q3_K));
    EXPECT_LT(relative_error(BlockType::Q3_K), relative_error(BlockType::Q2_K));
    EXPECT_LT(relative_error(BlockType::Q5_0), relative_error(BlockType::Q4_0));
    EXPECT_LT(relative_error(BlockType::Q5_1), relative_error(BlockType::Q4_1));
    EXPECT_LT(relative_error(BlockType::Q4_0), 0.02);
    EXPECT_LT(relative_error(BlockType::MXFP4), 0.03);
}

}  // namespace
}  // namespace moe
