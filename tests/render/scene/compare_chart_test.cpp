#include "render/scene/compare_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "render/scene/colormap.h"
#include "render/scene/compare_load.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

constexpr double kTolerance = 1e-6;

const TraceShape kShape = test::make_shape(3, 8, 2);

// Every cell of a row of its own against the traces' columns.
TEST(CompareRowsTest, HoldsTheWeightsOfBothAndTheirDifference) {
    const TraceSnapshot a = test::random_trace(1, kShape, 30), b = test::random_trace(2, kShape, 25);
    const auto rows = compare_rows(a, b, {.first = 4, .n_rows = 100, .row_tokens = 1});
    ASSERT_EQ(rows.size(), 26u) << "to the end of the longer run";
    const auto weight_of = [](const TraceSnapshot& trace, std::size_t t, std::size_t layer, std::size_t expert) {
        for (std::size_t slot = 0; slot < 2; ++slot) {
            if (trace.experts(t, layer)[slot] == expert) return trace.weights(t, layer)[slot];
        }
        return 0.0f;
    };
    for (const CompareRow& row : rows) {
        EXPECT_EQ(row.has_b, row.first < 25);
        for (std::size_t layer = 0; layer < 3; ++layer) {
            for (std::size_t expert = 0; expert < 8; ++expert) {
                const float in_a = weight_of(a, row.first, layer, expert);
                EXPECT_EQ(row.a[layer * 8 + expert], in_a);
                if (!row.has_b) continue;
                EXPECT_NEAR(row.difference[layer * 8 + expert], weight_of(b, row.first, layer, expert) - in_a, kTolerance);
            }
        }
        EXPECT_EQ(row.divergence.has_value(), row.has_b);
        EXPECT_EQ(row.is_token_different, row.first >= 25 || a.token(row.first).id != b.token(row.first).id);
    }
}

TEST(CompareRowsTest, SeveralTokensKeepTheValueFarthestFromZero) {
    const TraceSnapshot a = test::random_trace(1, kShape, 30), b = test::random_trace(2, kShape, 30);
    const auto single = compare_rows(a, b, {.first = 0, .n_rows = 30, .row_tokens = 1});
    const auto folded = compare_rows(a, b, {.first = 0, .n_rows = 10, .row_tokens = 7});
    ASSERT_EQ(folded.size(), 5u);
    EXPECT_EQ(folded.back().end, 30u);
    for (const CompareRow& row : folded) {
        for (std::size_t cell = 0; cell < 24; ++cell) {
            float farthest = 0;
            for (std::size_t t = row.first; t < row.end; ++t)
                farthest = std::max(farthest, std::abs(single[t].difference[cell]));
            EXPECT_EQ(std::abs(row.difference[cell]), farthest);
        }
    }
}

TEST(CompareRowsTest, RunsOfOtherShapesHaveNone) {
    EXPECT_TRUE(compare_rows(test::random_trace(1, kShape, 3), test::random_trace(1, test::make_shape(2, 8, 2), 3),
                             {.first = 0, .n_rows = 3, .row_tokens = 1})
                    .empty());
}

TEST(CompareLayoutTest, FindsEveryCellUnderItsPixelInAllThreeBlocks) {
    const CompareLayout layout = compare_layout(kShape, {10, 20, 1000, 400}, 15);
    EXPECT_EQ(layout.a.width, layout.b.width);
    for (const CompareBlock block : {CompareBlock::A, CompareBlock::Difference, CompareBlock::B}) {
        for (std::size_t layer = 0; layer < 3; ++layer) {
            for (std::size_t expert = 0; expert < 8; ++expert) {
                const int x = layout.block(block).x + static_cast<int>(*layout.columns.pixel_from_expert(layer, expert));
                EXPECT_EQ(*compare_hit(layout, x, layout.y(3) + 7),
                          (CompareHit{.row = 3, .block = block, .layer = layer, .expert = expert}));
            }
        }
    }
    EXPECT_FALSE(compare_hit(layout, 500, 21).has_value()) << "the heads";
}

std::size_t n_rects(const Chart& chart, Color color) {
    return static_cast<std::size_t>(std::ranges::count_if(chart.items, [&](const ChartItem& item) {
        const auto* rect = std::get_if<ChartRect>(&item);
        return rect != nullptr && rect->color == color;
    }));
}

// The bars under the blocks against counts from the traces.
TEST(CompareLoadTest, BarsAreAsHighAsTheLoadsOfTheRows) {
    const TraceSnapshot a = test::random_trace(1, kShape, 12), b = test::random_trace(2, kShape, 12);
    CompareModel model{.name_a = "a", .name_b = "b", .shape = kShape, .rows = {}};
    model.rows = compare_rows(a, b, {.first = 0, .n_rows = 12, .row_tokens = 1});
    const CompareLayout layout = compare_layout(kShape, {0, 0, 1000, 400}, 15);
    ASSERT_GT(layout.load_height, 0);
    EXPECT_LE(layout.y(layout.n_rows), layout.load_top);
    Chart chart;
    add_compare_load(chart, model, layout, kDarkTheme);
    double largest = 1;
    std::vector<double> loads;
    for (const TraceSnapshot* trace : {&a, &b}) {
        for (std::size_t layer = 0; layer < 3; ++layer) {
            for (std::size_t expert = 0; expert < 8; ++expert) {
                double n = 0;
                for (std::size_t t = 0; t < 12; ++t) n += static_cast<double>(std::ranges::count(trace->experts(t, layer), expert));
                loads.push_back(n);
                largest = std::max(largest, n);
            }
        }
    }
    std::size_t place = 0;
    for (const CompareBlock block : {CompareBlock::A, CompareBlock::B}) {
        for (std::size_t layer = 0; layer < 3; ++layer) {
            for (std::size_t expert = 0; expert < 8; ++expert, ++place) {
                const double left = layout.block(block).x + static_cast<double>(*layout.columns.pixel_from_expert(layer, expert));
                const double height = std::round(loads[place] * (layout.load_height - 4) / largest);
                const auto is_bar = [&](const ChartItem& item) {
                    const auto* rect = std::get_if<ChartRect>(&item);
                    return rect != nullptr && rect->x == left && rect->color == kDarkTheme.bar;
                };
                const auto bar = std::ranges::find_if(chart.items, is_bar);
                EXPECT_EQ(bar != chart.items.end() ? std::get<ChartRect>(*bar).height : 0.0, height);
            }
        }
    }
}

// B is the beginning of A: over the rows that both have, no load differs.
TEST(CompareLoadTest, ARunThatEndedEarlierHasNoOtherLoad) {
    constexpr std::string_view kA = "0.1 2.3 0.1\n0.1 2.3 0.1\n0.1 2.4 0.1\n", kB = "0.1 2.3 0.1\n0.1 2.3 0.1\n";
    const TraceSnapshot a = test::trace_from_text(kA, {.n_experts = 8}), b = test::trace_from_text(kB, {.n_experts = 8});
    CompareModel model{.name_a = "a", .name_b = "b", .shape = a.shape(), .rows = {}};
    model.rows = compare_rows(a, b, {.first = 0, .n_rows = 3, .row_tokens = 1});
    Chart chart;
    add_compare_load(chart, model, compare_layout(a.shape(), {0, 0, 1000, 400}, 15), kDarkTheme);
    EXPECT_EQ(n_rects(chart, diverging_color(kDarkTheme, 0.75)), 0u);
    EXPECT_EQ(n_rects(chart, diverging_color(kDarkTheme, -0.75)), 0u);
}

TEST(CompareChartTest, DrawsOnlyADifferencesInTheirColours) {
    constexpr std::string_view kA = "0.1 2.3 0.1\n0.1 2.3 0.1\n", kB = "0.1 2.3 0.1\n0.1 2.4 0.1\n";
    CompareChartModel model{.title = "t",
                            .subtitle = "s",
                            .a = test::trace_from_text(kA, {.n_experts = 8}),
                            .b = test::trace_from_text(kB, {.n_experts = 8}),
                            .first = 0,
                            .end = 2,
                            .compared = {}};
    model.compared.shape = model.a.shape();
    model.compared.has_weights = false;
    const Chart chart = compare_chart(model, 1200, 500, kDarkTheme);
    EXPECT_EQ(n_rects(chart, value_color(kDarkTheme, {}, CellMeaning::LoadDifference, -1.0f)), 1u) << "expert 3";
    EXPECT_EQ(n_rects(chart, value_color(kDarkTheme, {}, CellMeaning::LoadDifference, 1.0f)), 1u) << "expert 4";
    EXPECT_EQ(n_rects(chart, value_color(kDarkTheme, {}, CellMeaning::Chosen, 1.0f)), 24u);
    for (const int side : {64, 100, 2000}) EXPECT_FALSE(compare_chart(model, side, side, kLightTheme).items.empty());
}

std::vector<ChartText> texts_in(const CompareModel& model, int width, int height) {
    Chart chart;
    add_compare(chart, model, compare_layout(kShape, {0, 0, width, height}, 15), kDarkTheme);
    std::vector<ChartText> texts;
    for (const ChartItem& item : chart.items) {
        if (const auto* text = std::get_if<ChartText>(&item)) texts.push_back(*text);
    }
    return texts;
}

// The words of lines on neighbouring rows, and the meaning of the tick, at every height of a dock.
TEST(CompareChartTest, SaysWhatItsLinesAndItsTickAreWhateverItsHeight) {
    const TraceSnapshot a = test::random_trace(1, kShape, 40), b = test::random_trace(2, kShape, 40);
    CompareModel model{.name_a = "a", .name_b = "b", .shape = kShape, .rows = {}};
    model.rows = compare_rows(a, b, {.first = 0, .n_rows = 6, .row_tokens = 1});
    model.first_different_route = 2;
    model.first_different_token = 3;
    const auto has = [](const std::vector<ChartText>& texts, const std::string& words) {
        return std::ranges::any_of(texts, [&](const ChartText& t) { return t.text.find(words) != std::string::npos; });
    };
    for (int height = 150; height < 500; height += 10) {
        const std::vector<ChartText> texts = texts_in(model, 1000, height);
        EXPECT_TRUE(has(texts, "first different route")) << height;
        EXPECT_TRUE(has(texts, "first different token")) << height;
        EXPECT_TRUE(has(texts, "Tick: token")) << height;
    }
    EXPECT_TRUE(has(texts_in(model, 1000, 90), "Tick: token"));
}

}  // namespace
}  // namespace moe::render
