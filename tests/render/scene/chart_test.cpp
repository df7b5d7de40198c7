#include "render/scene/chart.h"

#include <gtest/gtest.h>

#include <cmath>

#include "render/scene/colormap.h"
#include "render/scene/curve_chart.h"
#include "render/scene/matrix_chart.h"

namespace moe::render {
namespace {

constexpr double kTolerance = 1e-9;

TEST(ChartTest, TicksAreRoundAndCoverTheValues) {
    for (const auto& [low, high] : std::vector<std::pair<double, double>>{
             {0, 1}, {0, 3.645}, {0.758, 0.99}, {0, 1e-6}, {-3, 12345}, {5, 5}, {0, 0}}) {
        const std::vector<double> ticks = round_ticks(low, high, 5);
        ASSERT_GE(ticks.size(), 2u);
        EXPECT_LE(ticks.size(), 8u);
        EXPECT_LE(ticks.front(), low + kTolerance);
        EXPECT_GE(ticks.back(), high - kTolerance);
        const double step = ticks[1] - ticks[0];
        const double mantissa = step / std::pow(10.0, std::floor(std::log10(step) + 1e-6));
        const bool is_round = std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 ||
                              std::abs(mantissa - 2.5) < 1e-6 || std::abs(mantissa - 5) < 1e-6 ||
                              std::abs(mantissa - 10) < 1e-6;
        EXPECT_TRUE(is_round) << step;
    }
    EXPECT_EQ(tick_text(0.75, 0.05), "0.75");
    EXPECT_EQ(tick_text(2.5, 2.5), "2.5");
    EXPECT_EQ(tick_text(10, 5), "10");
    EXPECT_EQ(tick_text(-0.0, 0.1), "0.0");
}

TEST(ChartTest, LabelsKeepTheirDistance) {
    EXPECT_EQ(label_step(30, 24), 1u);
    EXPECT_EQ(label_step(13, 24), 2u);
    EXPECT_EQ(label_step(4, 24), 10u);
    EXPECT_EQ(label_step(0.1, 24), 500u);
}

MatrixChartModel small_matrix() {
    MatrixChartModel model;
    model.title = "A title";
    model.row_names = {"r0", "r1"};
    model.column_names = {"c0", "c1", "c2"};
    model.values = {0.0, 0.5, 1.0, 0.25, std::nullopt, 0.75};
    model.value_name = "share";
    model.list_title = "Largest";
    model.chance = 0.5;
    return model;
}

std::size_t n_rects_of(const Chart& chart, Color color) {
    std::size_t n = 0;
    for (const ChartItem& item : chart.items) {
        const auto* rect = std::get_if<ChartRect>(&item);
        n += rect != nullptr && rect->color == color && rect->width > 20 && rect->height > 20;
    }
    return n;
}

TEST(MatrixChartTest, ColoursEveryCellByItsValue) {
    const Chart chart = matrix_chart(small_matrix(), 1200, 800, kDarkTheme);
    for (const double value : {0.5, 1.0, 0.25, 0.75})
        EXPECT_EQ(n_rects_of(chart, map_color(kDarkTheme, ColorMap::Tide, value)), 1u) << value;
    EXPECT_EQ(n_rects_of(chart, kDarkTheme.border), 1u) << "the cell without a value";
}

std::vector<std::string> texts_of(const Chart& chart) {
    std::vector<std::string> texts;
    for (const ChartItem& item : chart.items) {
        if (const auto* text = std::get_if<ChartText>(&item)) texts.push_back(text->text);
    }
    return texts;
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

TEST(MatrixChartTest, ListsTheLargestOfTheRowsThatCount) {
    MatrixChartModel model = small_matrix();
    EXPECT_TRUE(contains(texts_of(matrix_chart(model, 1200, 800, kDarkTheme)), "r0 \u2192 c2"));
    model.is_listed = {false, true};
    const std::vector<std::string> texts = texts_of(matrix_chart(model, 1200, 800, kDarkTheme));
    EXPECT_FALSE(contains(texts, "r0 \u2192 c2"));
    EXPECT_TRUE(contains(texts, "r1 \u2192 c2"));
    EXPECT_TRUE(contains(texts, "1.5\u00D7 chance"));
}

CurveChartModel small_curves() {
    CurveChartModel model;
    model.title = "Curves";
    model.layer_names = {"3", "4", "9"};
    model.panels = {
        {.title = "a", .unit = "", .values = {1.0, std::nullopt, 2.0}, .chance = {0.5, 0.5, 0.5}},
        {.title = "b", .unit = "", .values = {0.9, 0.8, 0.7}, .chance = {}, .starts_at_zero = false}};
    return model;
}

TEST(CurveChartTest, HasADotForEachValueAndNoLineAcrossAGap) {
    const Chart chart = curve_chart(small_curves(), 900, 500, kLightTheme);
    std::size_t n_dots = 0, n_long_lines = 0;
    for (const ChartItem& item : chart.items) {
        n_dots += std::holds_alternative<ChartDot>(item);
        const auto* line = std::get_if<ChartLine>(&item);
        n_long_lines += line != nullptr && line->points.size() == 3;
    }
    EXPECT_EQ(n_dots, 1u + 5u) << "one of them in the key";
    EXPECT_EQ(n_long_lines, 2u) << "the chance of a, the values of b";
}

TEST(CurveChartTest, HigherValuesAreHigherUp) {
    const Chart chart = curve_chart(small_curves(), 900, 500, kLightTheme);
    std::vector<ChartPoint> dots;
    for (const ChartItem& item : chart.items) {
        if (const auto* dot = std::get_if<ChartDot>(&item)) dots.push_back(dot->center);
    }
    EXPECT_GT(dots[1].y, dots[2].y);
    EXPECT_LT(dots[3].y, dots[4].y);
    EXPECT_LT(dots[3].x, dots[4].x);
}

// The smallest picture the command line allows, and models with nothing in them.
TEST(ChartTest, AnySizeAndAnyModelGiveAChart) {
    for (const int side : {64, 100, 400, 3000}) {
        EXPECT_FALSE(matrix_chart(small_matrix(), side, side, kDarkTheme).items.empty());
        EXPECT_FALSE(curve_chart(small_curves(), side, side, kDarkTheme).items.empty());
        EXPECT_EQ(matrix_chart({}, side, side, kDarkTheme).width, side);
        EXPECT_EQ(curve_chart({}, side, side, kDarkTheme).width, side);
    }
    CurveChartModel one = small_curves();
    one.layer_names = {"0"};
    one.panels = {{.title = "", .unit = "", .values = {std::nullopt}, .chance = {}}};
    EXPECT_FALSE(curve_chart(one, 500, 500, kDarkTheme).items.empty());
}

}  // namespace
}  // namespace moe::render
