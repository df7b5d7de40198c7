#include "render/scene/load_panel.h"

#include <gtest/gtest.h>

#include "engine/base/rng.h"
#include "engine/stats/load_balance.h"
#include "tests/render/render_fixture.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

ExpertCounts slow_counts(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    ExpertCounts counts;
    for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer) {
        const ExpertCounts of_layer = tokens_per_expert(trace, layer, first, end);
        counts.insert(counts.end(), of_layer.begin(), of_layer.end());
    }
    return counts;
}

TEST(LoadCounterTest, CountsAnyRangeLikeTheStatistic) {
    const TraceSnapshot trace = test::random_trace(3, test::make_shape(2, 8, 2), 5'000);
    LoadCounter counter;
    Rng rng(5);
    for (int i = 0; i < 60; ++i) {
        const std::size_t a = rng.below(5'001);
        const std::size_t b = rng.below(5'001);
        EXPECT_EQ(counter.count(trace, std::min(a, b), std::max(a, b)),
                  slow_counts(trace, std::min(a, b), std::max(a, b)));
    }
}

TEST(LoadCounterTest, ForgetsTheRunItCountedBefore) {
    const TraceSnapshot one = test::random_trace(1, test::make_shape(2, 8, 2), 3'000);
    const TraceSnapshot two = test::random_trace(2, test::make_shape(2, 8, 2), 2'500);
    const TraceSnapshot other_shape = test::random_trace(2, test::make_shape(3, 4, 1), 2'500);
    LoadCounter counter;
    for (const TraceSnapshot* trace : {&one, &two, &other_shape, &one}) {
        EXPECT_EQ(counter.count(*trace, 10, 2'400), slow_counts(*trace, 10, 2'400));
    }
    EXPECT_TRUE(counter.count(TraceSnapshot{}, 0, 10).empty());
}

TEST(LoadPanelTest, CountsTheVisibleRows) {
    FrameInput input = test::synthetic_frame({}, 980, 738);
    input.view.tokens.offset_pixels = 15 * 100;
    const PanelLayout layout = panel_layout(input);
    LoadCounter counter;
    const LoadPanel panel = load_panel(input, layout, counter);
    // 528 pixels are 35 rows and a part of one.
    EXPECT_EQ(panel.n_tokens, 36u);
    EXPECT_EQ(panel.counts, slow_counts(input.trace, 100, 136));
    EXPECT_DOUBLE_EQ(panel.fair, 36.0 * 2 / 16);
    const ExpertCounts first_layer = tokens_per_expert(input.trace, 0, 100, 136);
    EXPECT_NEAR(panel.max_violation[0], load_balance(first_layer)->max_violation, 1e-12);
}

TEST(LoadPanelTest, NeedsNoSmallerAxisWhileTokensArrive) {
    FrameInput input = test::synthetic_frame({}, 980, 738);
    LoadCounter counter;
    const LoadPanel panel = load_panel(input, panel_layout(input), counter);
    EXPECT_EQ(static_cast<int>(panel.axis_max) % 4, 0);
    for (const std::size_t count : panel.counts) EXPECT_LE(static_cast<double>(count), panel.axis_max);
}

TEST(LoadPanelTest, IsEmptyWithoutRouting) {
    FrameInput input = test::synthetic_frame({.n_tokens = 1}, 980, 738);
    input.planned_shape = input.trace.shape();
    input.trace = {};
    LoadCounter counter;
    EXPECT_TRUE(load_panel(input, panel_layout(input), counter).is_empty());
}

TEST(LoadPanelTest, JudgesLongRangesByShare) {
    FrameInput input = test::synthetic_frame({.n_tokens = 2'000}, 980, 738);
    input.view.tokens = {.offset_pixels = 0, .row_pixels = 1, .row_tokens = 4};
    LoadCounter counter;
    const LoadPanel panel = load_panel(input, panel_layout(input), counter);
    EXPECT_EQ(panel.n_tokens, 2'000u);
    EXPECT_DOUBLE_EQ(panel.over_from, 3.0 * panel.fair);
    EXPECT_DOUBLE_EQ(panel.dead_until, 0.1 * panel.fair);
    EXPECT_EQ(bar_height(panel, panel_layout(input), 10.0 * panel.fair),
              panel_layout(input).load_bars.height);
}

}  // namespace
}  // namespace moe::render
