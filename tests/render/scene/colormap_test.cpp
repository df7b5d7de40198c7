#include "render/scene/colormap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "render/scene/oklab.h"

namespace moe::render {
namespace {

int largest_difference(Color a, Color b) {
    return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
}

constexpr int kOneStep = 1;  // of 255, from rounding there and back

TEST(ColormapTest, PassesThroughTheStopsOfTheDesign) {
    EXPECT_LE(largest_difference(map_color(kDarkTheme, ColorMap::Tide, 0.0), Color::rgb(0x101318)), kOneStep);
    EXPECT_LE(largest_difference(map_color(kDarkTheme, ColorMap::Tide, 0.5), Color::rgb(0x0885A0)), kOneStep);
    EXPECT_LE(largest_difference(map_color(kDarkTheme, ColorMap::Tide, 1.0), Color::rgb(0xFCF4A4)), kOneStep);
    EXPECT_LE(largest_difference(map_color(kLightTheme, ColorMap::Tide, 0.125), Color::rgb(0xDBE3B9)),
              kOneStep);
    EXPECT_LE(largest_difference(map_color(kDarkTheme, ColorMap::Viridis, 1.0), Color::rgb(0xFDE725)),
              kOneStep);
}

TEST(ColormapTest, TurnsRoundMapsInTheLightThemeSoThatMoreIsDarker) {
    for (const ColorMap map :
         {ColorMap::Tide, ColorMap::Viridis, ColorMap::Cividis, ColorMap::Magma, ColorMap::Grey}) {
        EXPECT_LT(oklab_from_srgb(map_color(kLightTheme, map, 1.0)).lightness,
                  oklab_from_srgb(map_color(kLightTheme, map, 0.0)).lightness);
        EXPECT_GT(oklab_from_srgb(map_color(kDarkTheme, map, 1.0)).lightness,
                  oklab_from_srgb(map_color(kDarkTheme, map, 0.0)).lightness);
    }
}

TEST(ColormapTest, TideRisesEvenlyInLightness) {
    // SPEC section 2: steps of 1/16 are .051 to .063 in OKLab for the dark map. Eight-bit stops round.
    for (int i = 0; i < 16; ++i) {
        const Oklab a = oklab_from_srgb(map_color(kDarkTheme, ColorMap::Tide, i / 16.0));
        const Oklab b = oklab_from_srgb(map_color(kDarkTheme, ColorMap::Tide, (i + 1) / 16.0));
        EXPECT_GT(b.lightness, a.lightness);
        const double step = std::hypot(b.lightness - a.lightness, b.a - a.a, b.b - a.b);
        EXPECT_NEAR(step, 0.057, 0.009);
    }
}

TEST(ColormapTest, PutsChosenCellsAboveTheFloor) {
    const ColorScale scale;
    EXPECT_NEAR(map_position(scale, CellMeaning::Weight, 0.0f), 0.18, 1e-9);
    EXPECT_NEAR(map_position(scale, CellMeaning::Weight, 0.5f), 0.18 + 0.82 * 0.5, 1e-9);
    EXPECT_NEAR(map_position(scale, CellMeaning::Weight, 1.0f), 1.0, 1e-9);
    EXPECT_NEAR(map_position(scale, CellMeaning::Probability, 0.5f), 0.5, 1e-9);
}

TEST(ColormapTest, ScalesBetweenBlackAndWhitePoint) {
    const ColorScale scale{.map = ColorMap::Tide, .low = 0.2f, .high = 0.6f, .is_log = false};
    EXPECT_NEAR(map_position(scale, CellMeaning::Load, 0.1f), 0.0, 1e-6);
    EXPECT_NEAR(map_position(scale, CellMeaning::Load, 0.4f), 0.5, 1e-6);
    EXPECT_NEAR(map_position(scale, CellMeaning::Load, 0.9f), 1.0, 1e-6);
    const ColorScale log{.map = ColorMap::Tide, .low = 0.01f, .high = 1.0f, .is_log = true};
    EXPECT_NEAR(map_position(log, CellMeaning::Load, 0.1f), 0.5, 1e-6);
    const ColorScale inverted{.map = ColorMap::Tide, .low = 0.5f, .high = 0.5f, .is_log = false};
    EXPECT_NEAR(map_position(inverted, CellMeaning::Load, 1.0f), 1.0, 1e-6) << "an empty range is a step";
}

TEST(ColormapTest, CodesAreReadBackWithinHalfAStep) {
    for (int i = 0; i <= 1000; ++i) {
        const float value = static_cast<float>(i) / 1000.0f;
        const std::uint8_t code = code_from_value(value);
        ASSERT_GE(code, 1);
        EXPECT_NEAR(std::sqrt(value_from_code(code)), std::sqrt(value), 0.5 / 254.0 + 1e-6);
    }
    EXPECT_EQ(code_from_value(-1.0f), 1);
    EXPECT_EQ(code_from_value(2.0f), 255);
    EXPECT_EQ(value_from_code(0), 0.0f);
}

TEST(ColormapTest, CodesOfSignedValuesAreReadBackWithinHalfAStep) {
    std::uint8_t before = 0;
    for (int i = -1000; i <= 1000; ++i) {
        const float value = static_cast<float>(i) / 1000.0f;
        const std::uint8_t code = code_from_signed(value);
        ASSERT_GE(code, std::max<std::uint8_t>(before, 1)) << "a larger value has no smaller code";
        before = code;
        const float read = signed_from_code(code);
        EXPECT_NEAR(std::copysign(std::sqrt(std::abs(read)), read),
                    std::copysign(std::sqrt(std::abs(value)), value), 0.5 / 127.0 + 1e-6);
    }
    EXPECT_EQ(signed_from_code(code_from_signed(0.0f)), 0.0f);
}

TEST(ColormapTest, DivergesFromTheViewToBlueBelowAndOrangeAbove) {
    EXPECT_LE(largest_difference(diverging_color(kDarkTheme, 0.0), kDarkTheme.view), kOneStep);
    EXPECT_LE(largest_difference(diverging_color(kLightTheme, 0.0), kLightTheme.view), kOneStep);
    EXPECT_LE(largest_difference(diverging_color(kDarkTheme, -1.0), Color::rgb(0x7BCFFF)), kOneStep);
    EXPECT_LE(largest_difference(diverging_color(kDarkTheme, 1.0), Color::rgb(0xFEB073)), kOneStep);
    // SPEC section 2: .14 + .86 |d| on each side.
    EXPECT_NEAR(map_position({}, CellMeaning::LoadDifference, -0.5f), -(0.14 + 0.86 * 0.5), 1e-6);
    EXPECT_EQ(map_position({}, CellMeaning::Margin, 0.0f), 0.0);
    EXPECT_EQ(color_table(kDarkTheme, {}, CellMeaning::Margin)[128].a, 0) << "at the cut there is nothing";
}

TEST(HeatmapValueTest, RanksFallFromOneToZeroAndAreReadBack) {
    EXPECT_EQ(value_from_rank(1, 128), 1.0f);
    EXPECT_NEAR(value_from_rank(128, 128), 0.0f, 1e-6f);
    for (std::size_t rank = 1; rank <= 512; ++rank) {
        const float coded = value_from_code(code_from_value(value_from_rank(rank, 512)));
        EXPECT_EQ(rank_from_value(value_from_rank(rank, 512), 512), rank);
        EXPECT_NEAR(std::log(static_cast<double>(rank_from_value(coded, 512)) / static_cast<double>(rank)),
                    0.0, 0.5);
    }
}

TEST(HeatmapValueTest, TableStandsInTheOrderOfTheValues) {
    for (std::size_t i = 0; i < heatmap_values().size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(heatmap_values()[i].value), i);
}

TEST(ColormapTest, LeavesNothingTransparent) {
    const ColorTable weights = color_table(kDarkTheme, {}, CellMeaning::Weight);
    EXPECT_EQ(weights[0].a, 0);
    for (std::size_t code = 1; code < weights.size(); ++code) EXPECT_EQ(weights[code].a, 255);
    const ColorTable scores = color_table(kDarkTheme, {}, CellMeaning::Probability);
    EXPECT_EQ(scores[1].a, 0) << "a score of 0 is the view itself, bands and all";
    EXPECT_EQ(color_table(kDarkTheme, {.map = ColorMap::Viridis}, CellMeaning::Probability)[1].a, 255);
}

}  // namespace
}  // namespace moe::render
