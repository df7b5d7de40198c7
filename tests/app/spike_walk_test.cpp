#include "app/viewport/spike_walk.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>
#include <algorithm>

#include "app/viewport/picture_view.h"
#include "tests/support/trace_text.h"

namespace moe::app {
namespace {

using render::HiddenSpike;

constexpr int kFrameTimeoutMs = 60000;  // a software renderer on a busy machine

/// Two layers of eight experts; rows of ten tokens; tokens 100 to 199 are in view.
struct Walk {
    render::FrameReport report;
    render::PanelLayout layout;

    Walk() {
        layout.columns.n_layers = 2;
        layout.columns.n_experts = 8;
        report.spikes = {{{110, 120}, {3, 4}, 250}, {{110, 120}, {9, 10}, 230}, {{150, 160}, {0, 1}, 240}};
        report.run_spikes = {{{20, 40}, {5, 6}, 250}, {{100, 120}, {3, 4}, 250}, {{300, 320}, {12, 13}, 250}};
    }
    SpikeWalk from(const render::CellRef& cell) const {
        return {.report = report, .layout = layout, .visible = {100, 200}, .from = cell};
    }
};

TEST(SpikeWalkTest, GoesThroughTheMarksInReadingOrderAndRound) {
    const Walk walk;
    // What comes one after another: token, layer, expert of the spike, from outside the view into it and out.
    const std::vector<std::vector<std::size_t>> order{
        {30, 0, 5}, {115, 0, 3}, {117, 1, 1}, {155, 0, 0}, {310, 1, 4}};
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::vector<std::size_t>& next = order[(i + 1) % order.size()];
        const std::vector<std::size_t>& previous = order[(i + order.size() - 1) % order.size()];
        const render::CellRef here{.token = order[i][0], .layer = order[i][1], .expert = order[i][2]};
        const auto after = next_spike(walk.from(here));
        const auto before = previous_spike(walk.from(here));
        ASSERT_TRUE(after && before);
        EXPECT_EQ(after->columns.first, next[1] * 8 + next[2]) << i;
        EXPECT_TRUE(after->tokens.first <= next[0] && next[0] < after->tokens.end) << i;
        EXPECT_EQ(before->columns.first, previous[1] * 8 + previous[2]) << i;
        EXPECT_TRUE(before->tokens.first <= previous[0] && previous[0] < before->tokens.end) << i;
    }
}

TEST(SpikeWalkTest, BeginsWithTheFirstOrTheLast) {
    const Walk walk;
    EXPECT_EQ(next_spike(walk.from({}))->tokens.first, 20u);
    EXPECT_EQ(previous_spike(walk.from({}))->tokens.first, 300u);
    EXPECT_EQ(next_spike(walk.from({.token = 110, .layer = {}, .expert = {}}))->columns.first, 3u)
        << "a row without a cell is before its cells";
    Walk none;
    none.report = {};
    EXPECT_FALSE(next_spike(none.from({})));
    EXPECT_FALSE(previous_spike(none.from({})));
}

TEST(SpikeWalkTest, LeadsToCellsOfGreatWeight) {
    PictureView view(PictureView::Backend::Software);
    QSignalSpy frames(&view, &PictureView::frame_done);
    view.resize(1100, 740);
    PictureModel model;
    model.trace = test::spiky_trace(3, test::make_shape(3, 24, 4), 6000);
    model.follows = false;
    view.set_model(model);
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    const auto settle = [&] {
        return QTest::qWaitFor([&] { return view.is_settled() && !frames.isEmpty(); }, kFrameTimeoutMs);
    };
    ASSERT_TRUE(settle());
    EXPECT_FALSE(view.next_hidden_spike()) << "no rows are folded";
    PictureOptions options = view.options();
    options.fold = render::Fold::Mean;
    view.set_options(options);
    view.zoom_rows(-20);
    ASSERT_TRUE(settle());
    for (int step = 0; step < 5; ++step) {
        const auto cell = view.next_hidden_spike();
        ASSERT_TRUE(cell && cell->token && cell->layer && cell->expert);
        const auto experts = model.trace.experts(*cell->token, *cell->layer);
        const auto slot = std::ranges::find(experts, *cell->expert) - experts.begin();
        EXPECT_GE(model.trace.weights(*cell->token, *cell->layer)[static_cast<std::size_t>(slot)], 0.97f);
        EXPECT_NE(*cell, model.selection);
        model.selection = *cell;
        view.set_model(model);
        ASSERT_TRUE(settle());
    }
    ASSERT_TRUE(view.previous_hidden_spike());
    EXPECT_NE(*view.previous_hidden_spike(), model.selection);
}

}  // namespace
}  // namespace moe::app
