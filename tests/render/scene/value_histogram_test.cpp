#include "render/scene/value_histogram.h"

#include <gtest/gtest.h>

#include "render/scene/colormap.h"

namespace moe::render {
namespace {

// A hundred pixels of the values 0.01, 0.02 ... 1.00, in codes.
CodeCounts hundred_codes() {
    CodeCounts codes{};
    codes[0] = 1000;  // nothing
    for (int i = 1; i <= 100; ++i) ++codes[code_from_value(static_cast<float>(i) / 100.0f)];
    return codes;
}

constexpr float kCodeStep = 2.0f / 254.0f;  // the largest distance between the values of two codes

TEST(ValueHistogramTest, CountsEveryPixelThatHasAValue) {
    CodeCounts codes{};
    codes[0] = 1000;  // nothing
    for (std::uint32_t i = 0; i <= 4; ++i) codes[code_from_value(static_cast<float>(i) / 4.0f)] += i + 1;
    EXPECT_EQ(value_histogram(codes, CellMeaning::Weight, 5), (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
}

TEST(ValueHistogramTest, HasZeroOfSignedValuesInTheMiddle) {
    CodeCounts codes{};
    codes[code_from_signed(0.0f)] = 3;
    codes[code_from_signed(-1.0f)] = 2;
    codes[code_from_signed(1.0f)] = 1;
    EXPECT_EQ(value_histogram(codes, CellMeaning::Margin, 3), (std::vector<std::uint32_t>{2, 3, 1}));
}

TEST(PercentileRangeTest, LeavesTheShareOutOnEitherSide) {
    const auto range = percentile_range(hundred_codes(), CellMeaning::Weight, 0.1);
    ASSERT_TRUE(range.has_value());
    EXPECT_NEAR(range->first, 0.10f, kCodeStep);
    EXPECT_NEAR(range->second, 0.90f, kCodeStep);
}

TEST(PercentileRangeTest, TakesTheSizesOfSignedValues) {
    CodeCounts codes{};
    codes[code_from_signed(-0.5f)] = 90;
    codes[code_from_signed(0.1f)] = 10;
    const auto range = percentile_range(codes, CellMeaning::Margin, 0.05);
    ASSERT_TRUE(range.has_value());
    EXPECT_NEAR(range->first, 0.1f, kCodeStep);
    EXPECT_NEAR(range->second, 0.5f, 2 * kCodeStep);
}

TEST(PercentileRangeTest, IsNothingWhereValuesAreAlike) {
    CodeCounts codes{};
    EXPECT_EQ(percentile_range(codes, CellMeaning::Weight, 0.01), std::nullopt);
    codes[255] = 7;
    EXPECT_EQ(percentile_range(codes, CellMeaning::Weight, 0.01), std::nullopt);
}

TEST(ValueNumberTest, IsReadBackInItsUnit) {
    EXPECT_DOUBLE_EQ(number_from_value(CellMeaning::Load, 0.25f, 16), 1.0) << "the fair share";
    EXPECT_DOUBLE_EQ(number_from_value(CellMeaning::Rank, 1.0f, 16), 1.0);
    EXPECT_DOUBLE_EQ(number_from_value(CellMeaning::Rank, 0.5f, 16), 4.0) << "1 - ln 4 / ln 16";
    EXPECT_FLOAT_EQ(value_from_number(CellMeaning::Rank, 4.0, 16), 0.5f);
    EXPECT_FLOAT_EQ(value_from_number(CellMeaning::LoadDifference, 2.0, 16), 0.5f);
    EXPECT_FLOAT_EQ(value_from_number(CellMeaning::Weight, 0.3, 16), 0.3f);
}

}  // namespace
}  // namespace moe::render
