#include "render/scene/picking.h"

#include <gtest/gtest.h>

#include "render/scene/overview_axis.h"
#include "tests/render/render_fixture.h"

namespace moe::render {
namespace {

using test::synthetic_frame;

TEST(PickingTest, FindsEveryCellWhereTheLayoutPutsIt) {
    FrameInput input = synthetic_frame({.n_tokens = 20}, 980, 738);
    const PanelLayout layout = panel_layout(input);
    for (std::size_t token = 0; token < 20; ++token) {
        for (std::size_t layer = 0; layer < 6; ++layer) {
            for (std::size_t expert = 0; expert < 16; ++expert) {
                const int x = layout.heatmap.x +
                              static_cast<int>(layout.columns.pixel_from_expert(layer, expert).value());
                const int y =
                    layout.heatmap.y +
                    static_cast<int>(layout.tokens.pixel_from_token(static_cast<std::int64_t>(token)));
                const Hit expected{
                    .kind = HitKind::Cell, .cell = {token, layer, expert}, .n_tokens = 1, .n_experts = 1};
                EXPECT_EQ(pick(input, layout, x, y), expected);
                EXPECT_EQ(pick(input, layout, x + layout.columns.axis.column_pixels - 1, y + 14), expected);
            }
        }
    }
}

TEST(PickingTest, FindsTheBarUnderTheSameColumn) {
    const FrameInput input = synthetic_frame({}, 980, 738);
    const PanelLayout layout = panel_layout(input);
    for (int x = layout.heatmap.x; x < layout.heatmap.right(); ++x) {
        const Hit cell = pick(input, layout, x, layout.heatmap.y);
        const Hit bar = pick(input, layout, x, layout.load_bars.bottom() - 1);
        EXPECT_EQ(cell.cell.expert, bar.cell.expert);
        EXPECT_EQ(bar.kind, cell.kind == HitKind::Cell ? HitKind::LoadBar : HitKind::Nothing);
    }
}

TEST(PickingTest, TellsTheOtherPlacesApart) {
    const FrameInput input = synthetic_frame({}, 980, 738);
    const PanelLayout layout = panel_layout(input);
    const int gap_x = layout.heatmap.x + static_cast<int>(layout.columns.layer_width(0)) + 1;
    EXPECT_EQ(pick(input, layout, 5, 5).kind, HitKind::Strip);
    EXPECT_EQ(pick(input, layout, 50, 80).kind, HitKind::GutterToken);
    EXPECT_EQ(pick(input, layout, 50, 80).cell.token, 0u);
    EXPECT_EQ(pick(input, layout, gap_x, 80).kind, HitKind::Row);
    EXPECT_EQ(pick(input, layout, layout.heatmap.x + 3, 40).kind, HitKind::LayerHeader);
    EXPECT_FALSE(pick(input, layout, layout.heatmap.x + 3, 40).cell.expert);
    EXPECT_EQ(pick(input, layout, layout.heatmap.x + 3, 70).cell.expert, 0u);
    EXPECT_EQ(pick(input, layout, 50, 60).kind, HitKind::Nothing);
    EXPECT_EQ(pick(input, layout, -1, -1).kind, HitKind::Nothing);
    EXPECT_EQ(pick(input, layout, 5000, 5000).kind, HitKind::Nothing);
}

TEST(PickingTest, NamesNothingBelowTheLastRow) {
    const FrameInput input = synthetic_frame({.n_tokens = 3}, 980, 738);
    const PanelLayout layout = panel_layout(input);
    EXPECT_EQ(pick(input, layout, 200, layout.heatmap.y + 3 * 15 - 1).cell.token, 2u);
    EXPECT_EQ(pick(input, layout, 200, layout.heatmap.y + 3 * 15).kind, HitKind::Nothing);
}

TEST(PickingTest, CountsWhatSharesAFoldedPixel) {
    FrameInput input =
        synthetic_frame({.n_layers = 2, .n_experts = 128, .top_k = 8, .n_tokens = 100}, 300, 400);
    input.view.tokens = {.offset_pixels = 0, .row_pixels = 1, .row_tokens = 64};
    const PanelLayout layout = panel_layout(input);
    const Hit hit = pick(input, layout, layout.heatmap.x + 1, layout.heatmap.y + 1);
    EXPECT_EQ(hit.cell.token, 64u);
    EXPECT_EQ(hit.n_tokens, 36u) << "the last row holds the rest";
    EXPECT_EQ(hit.n_experts, static_cast<std::size_t>(layout.columns.axis.column_experts));
    EXPECT_EQ(hit.cell.expert, hit.n_experts);
}

TEST(PickingTest, LeadsFromTheOverviewToTheTokenDrawnThere) {
    const FrameInput input = synthetic_frame({}, 980, 738);
    const PanelLayout layout = panel_layout(input);
    const OverviewAxis axis = overview_axis(203, layout.overview.height, 1.0);
    for (std::int64_t token = 0; token < 203; ++token) {
        const int y = layout.overview.y + static_cast<int>(axis.pixel_from_token(token));
        const Hit hit = pick(input, layout, layout.overview.x, y);
        EXPECT_EQ(hit.kind, HitKind::Overview);
        EXPECT_EQ(hit.cell.token, static_cast<std::size_t>(token));
    }
    EXPECT_EQ(pick(input, layout, layout.overview.x, layout.overview.bottom() - 1).cell.token, 202u);
}

TEST(PickingTest, OverviewHoldsRunsOfAnyLength) {
    for (std::size_t n = 1; n < 3'000'000; n = n * 3 / 2 + 1) {
        const OverviewAxis axis = overview_axis(n, 500, 1.0);
        EXPECT_LE(axis.pixel_from_token(static_cast<std::int64_t>(n) - 1) + axis.row_pixels, 500) << n;
    }
}

}  // namespace
}  // namespace moe::render
