#include "render/scene/zoom.h"

#include <gtest/gtest.h>

#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

TEST(ZoomTest, KeepsTheTokenUnderTheAnchor) {
    for (const double ratio : {1.0, 1.5, 2.0}) {
        TokenAxis axis{.offset_pixels = 123'456, .row_pixels = default_row_pixels(ratio), .row_tokens = 1};
        const std::int64_t anchor = 217;
        const std::int64_t token = axis.token_from_pixel(anchor);
        for (const int step : {1, 1, 1, -1, -1, -1, -1, -1, -1, -1}) {
            axis = zoomed_rows(axis, step, anchor, ratio);
            EXPECT_EQ(axis.token_from_pixel(anchor), token) << axis.row_pixels;
        }
        for (int i = 0; i < 6; ++i) {
            const std::int64_t before = axis.token_from_pixel(anchor);
            const std::int64_t before_end = before + axis.row_tokens;
            axis = zoomed_rows(axis, -1, anchor, ratio);
            const std::int64_t first = axis.token_from_pixel(anchor);
            EXPECT_LT(first, before_end) << "folded rows overlap the row before";
            EXPECT_GT(first + axis.row_tokens, before);
        }
    }
}

TEST(ZoomTest, DoesNotDriftWhenZoomedToAndFro) {
    TokenAxis axis{.offset_pixels = 50'000, .row_pixels = 1, .row_tokens = 3};
    const std::int64_t token = axis.token_from_pixel(100);
    for (int i = 0; i < 50; ++i) axis = zoomed_rows(zoomed_rows(axis, -1, 100, 1.0), 1, 100, 1.0);
    EXPECT_NEAR(static_cast<double>(axis.token_from_pixel(100)), static_cast<double>(token), 3.0);
}

TEST(ZoomTest, WalksTheStepsOfTheDesign) {
    TokenAxis axis{.offset_pixels = 0, .row_pixels = 28, .row_tokens = 1};
    for (const int expected : {20, 15, 11, 8, 5, 3, 2, 1}) {
        axis = zoomed_rows(axis, -1, 0, 1.0);
        EXPECT_EQ(axis.row_pixels, expected);
        EXPECT_EQ(axis.row_tokens, 1);
    }
    for (const int expected : {2, 3, 4, 6, 8, 12, 16}) {
        axis = zoomed_rows(axis, -1, 0, 1.0);
        EXPECT_EQ(axis.row_tokens, expected);
        EXPECT_EQ(axis.row_pixels, 1);
    }
    EXPECT_EQ(zoomed_rows(axis, 100, 0, 1.0).row_pixels, 28);
}

TEST(ZoomTest, KeepsTheExpertUnderTheAnchor) {
    ExpertColumns columns = expert_columns({}, test::make_shape(6, 16, 2), 818, 1.0);
    for (const std::size_t layer : {0u, 3u, 5u}) {
        const std::int64_t anchor = columns.pixel_from_expert(layer, 7).value() + 2;
        for (const int steps : {-4, -3, -2, -1, 1, 2, 3}) {
            ExpertColumns zoomed = columns;
            zoomed.axis = zoomed_columns(columns, steps, anchor, 1.0);
            const std::optional<Column> column = zoomed.column_from_pixel(anchor);
            ASSERT_TRUE(column);
            EXPECT_EQ(column->layer, layer);
            EXPECT_LE(column->first_position, 7u);
            EXPECT_GT(column->end_position, 7u);
        }
    }
}

TEST(ZoomTest, ClampsToWhatThereIs) {
    const TokenAxis axis{.offset_pixels = 1'000'000, .row_pixels = 15, .row_tokens = 1};
    EXPECT_EQ(clamped(axis, 100, 300).offset_pixels, 100 * 15 - 300);
    EXPECT_EQ(clamped(axis, 100, 307).offset_pixels, 100 * 15 - 300) << "whole rows: the newest is not cut";
    EXPECT_EQ(clamped(axis, 10, 300).offset_pixels, 0);
    EXPECT_EQ(clamped(axis, 0, 300).offset_pixels, 0);
    TokenAxis before = axis;
    before.offset_pixels = -50;
    EXPECT_EQ(clamped(before, 100, 300).offset_pixels, 0);
}

TEST(ZoomTest, FollowsTheNewestRowOnAFixedLine) {
    const TokenAxis axis{.offset_pixels = 0, .row_pixels = 15, .row_tokens = 1};
    const int height = 310;  // 20 rows and a part
    for (std::size_t n = 20; n < 400; ++n) {
        const TokenAxis moved = followed(axis, n, height);
        EXPECT_EQ(moved.pixel_from_token(static_cast<std::int64_t>(n) - 1), 19 * 15);
        EXPECT_EQ(moved, clamped(moved, n, height));
    }
    EXPECT_EQ(followed(axis, 5, height).offset_pixels, 0);
}

TEST(ZoomTest, FramesASelectionSoThatAllOfItIsVisible) {
    for (const std::size_t n : {1u, 10u, 100u, 5'000u, 90'000u}) {
        const TokenAxis axis = framed(1'000, 1'000 + n, 100'000, 500, 1.0);
        const auto visible = visible_tokens(axis, 500, 100'000);
        ASSERT_TRUE(visible);
        EXPECT_LE(visible->first, 1'000u);
        EXPECT_GE(visible->second, 1'000 + n);
        EXPECT_LE(axis.row_pixels, default_row_pixels(1.0));
    }
}

TEST(ZoomTest, FitsTheWholeRun) {
    for (std::size_t n = 1; n < 2'000'000; n = n * 2 + 7) {
        EXPECT_EQ(visible_tokens(fitted(n, 480, 1.0), 480, n), std::pair(std::size_t{0}, n));
    }
}

TEST(ZoomTest, NamesVisibleTokensHalfOpen) {
    const TokenAxis axis{.offset_pixels = 30, .row_pixels = 15, .row_tokens = 1};
    EXPECT_EQ(visible_tokens(axis, 45, 100), std::pair(std::size_t{2}, std::size_t{5}));
    EXPECT_EQ(visible_tokens(axis, 46, 100), std::pair(std::size_t{2}, std::size_t{6}));
    EXPECT_EQ(visible_tokens(axis, 46, 3), std::pair(std::size_t{2}, std::size_t{3}));
    EXPECT_FALSE(visible_tokens(axis, 46, 2));
    EXPECT_FALSE(visible_tokens(axis, 0, 100));
}

}  // namespace
}  // namespace moe::render
