#include "engine/quant/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace moe {
namespace {

TEST(HalfTest, KnowsTheLandmarksOfBinary16) {
    // IEEE 754-2019, table 3.5: 5 exponent bits with bias 15, 10 stored bits.
    EXPECT_EQ(float_from_f16(0x0000), 0.0f);
    EXPECT_TRUE(std::signbit(float_from_f16(0x8000)));
    EXPECT_EQ(float_from_f16(0x0001), 0x1p-24f);  // smallest subnormal
    EXPECT_EQ(float_from_f16(0x03FF), 0x1p-14f - 0x1p-24f);
    EXPECT_EQ(float_from_f16(0x0400), 0x1p-14f);  // smallest normal
    EXPECT_EQ(float_from_f16(0x3C00), 1.0f);
    EXPECT_EQ(float_from_f16(0xC000), -2.0f);
    EXPECT_EQ(float_from_f16(0x7BFF), 65504.0f);  // largest
    EXPECT_EQ(float_from_f16(0x7C00), std::numeric_limits<float>::infinity());
    EXPECT_EQ(float_from_f16(0xFC00), -std::numeric_limits<float>::infinity());
    EXPECT_TRUE(std::isnan(float_from_f16(0x7E01)));
}

TEST(HalfTest, EveryBinary16NumberSurvivesTheWayToFloatAndBack) {
    for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float value = float_from_f16(half);
        if (std::isnan(value)) {
            EXPECT_TRUE(std::isnan(float_from_f16(f16_from_float(value)))) << bits;
        } else {
            EXPECT_EQ(f16_from_float(value), half) << bits;
        }
    }
}

TEST(HalfTest, RoundsToTheNearestAndTiesToEven) {
    // Between each two neighbours: the middle goes to the even one, a hair more or less to the nearer.
    for (std::uint16_t low = 0; low < 0x7BFF; ++low) {
        const auto high = static_cast<std::uint16_t>(low + 1);
        const float middle = 0.5f * (float_from_f16(low) + float_from_f16(high));  // exact in a float
        EXPECT_EQ(f16_from_float(middle), low % 2 == 0 ? low : high) << low;
        EXPECT_EQ(f16_from_float(std::nextafter(middle, 0.0f)), low) << low;
        EXPECT_EQ(f16_from_float(-std::nextafter(middle, 1e9f)), high | 0x8000) << low;
    }
}

TEST(HalfTest, TooLargeBecomesInfinityAndTooSmallZero) {
    EXPECT_EQ(f16_from_float(65519.996f), 0x7BFF);
    EXPECT_EQ(f16_from_float(65520.0f), 0x7C00);  // the middle of 65504 and 65536
    EXPECT_EQ(f16_from_float(-1e30f), 0xFC00);
    EXPECT_EQ(f16_from_float(0x1p-25f), 0x0000);
    EXPECT_EQ(f16_from_float(std::numeric_limits<float>::denorm_min()), 0x0000);
}

TEST(HalfTest, BrainFloatIsTheUpperHalfOfAFloat) {
    EXPECT_EQ(float_from_bf16(0x3F80), 1.0f);
    EXPECT_EQ(float_from_bf16(0xC049), -3.140625f);
    EXPECT_EQ(float_from_bf16(0x0001), 0x1p-133f);
    EXPECT_TRUE(std::isnan(float_from_bf16(0x7FC0)));
}

}  // namespace
}  // namespace moe
