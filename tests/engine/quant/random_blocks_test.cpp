#include "engine/quant/random_blocks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/quant/decode.h"

namespace moe {
namespace {

constexpr float kDeviation = 0.02f;
constexpr std::size_t kValues = std::size_t{1} << 18;

std::vector<std::byte> random_row(BlockType type, std::uint64_t seed) {
    const BlockLayout layout = block_layout(type);
    std::vector<std::byte> row(kValues / layout.values * layout.size_bytes);
    Rng rng(seed);
    fill_random_blocks(type, kDeviation, rng, row);
    return row;
}

class RandomBlocksTest : public testing::TestWithParam<BlockType> {};

TEST_P(RandomBlocksTest, AreFiniteWithTheWantedDeviationAboutZero) {
    const std::vector<std::byte> row = random_row(GetParam(), /*seed=*/1);
    std::vector<float> values(kValues);
    decode_row(GetParam(), row.data(), values);
    double sum = 0.0, squares = 0.0;
    for (const float value : values) {
        ASSERT_TRUE(std::isfinite(value));
        sum += static_cast<double>(value);
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    // MXFP4 has powers of two for scales: off by a factor of up to the root of 2.
    const double tolerance = GetParam() == BlockType::MXFP4 ? 0.42 : 0.03;
    const double deviation = std::sqrt(squares / kValues);
    EXPECT_NEAR(deviation / static_cast<double>(kDeviation), 1.0, tolerance);
    // Blocks of 256 with a random sign each have a mean of up to 0.22 deviations (Q3_K); 1024 of them 0.007.
    EXPECT_NEAR(sum / kValues / static_cast<double>(kDeviation), 0.0, 0.025);
}

TEST_P(RandomBlocksTest, FollowTheSeed) {
    EXPECT_EQ(random_row(GetParam(), 1), random_row(GetParam(), 1));
    EXPECT_NE(random_row(GetParam(), 1), random_row(GetParam(), 2));
}

INSTANTIATE_TEST_SUITE_P(Types, RandomBlocksTest,
                         testing::ValuesIn(all_block_types().begin(), all_block_types().end()),
                         [](const auto& param) { return std::string(block_type_name(param.param)); });

}  // namespace
}  // namespace moe
