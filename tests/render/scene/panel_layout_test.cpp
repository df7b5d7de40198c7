#include "render/scene/panel_layout.h"

#include <gtest/gtest.h>

#include <array>

#include "render/scene/load_panel.h"
#include "tests/render/render_fixture.h"

namespace moe::render {
namespace {

using test::synthetic_frame;

constexpr std::array<std::pair<int, int>, 7> kSizes{
    {{1, 1}, {116, 90}, {320, 200}, {640, 400}, {980, 738}, {1280, 800}, {3840, 2160}}};

TEST(PanelLayoutTest, KeepsItsPanelsInsideThePictureAndApart) {
    for (const auto& [width, height] : kSizes) {
        for (const double ratio : {1.0, 1.25, 2.0}) {
            const PanelLayout layout = panel_layout(synthetic_frame({.n_tokens = 1}, width, height, ratio));
            const std::array rects{layout.strip,   layout.header, layout.gutter,
                                   layout.heatmap, layout.load,   layout.overview};
            for (std::size_t i = 0; i < rects.size(); ++i) {
                EXPECT_EQ(rects[i].intersected({0, 0, width, height}),
                          rects[i].is_empty() ? rects[i].intersected({0, 0, width, height}) : rects[i]);
                for (std::size_t j = i + 1; j < rects.size(); ++j) {
                    EXPECT_TRUE(rects[i].is_empty() || rects[j].is_empty() ||
                                rects[i].intersected(rects[j]).is_empty())
                        << i << " and " << j << " at " << width << " x " << height;
                }
            }
        }
    }
}

TEST(PanelLayoutTest, IsTheDesignAtItsSize) {
    const PanelLayout layout = panel_layout(synthetic_frame({}, 980, 738));
    EXPECT_EQ(layout.strip, (PixelRect{0, 0, 980, 34}));
    EXPECT_EQ(layout.heatmap, (PixelRect{116, 74, 818, 528}));
    EXPECT_EQ(layout.overview, (PixelRect{939, 74, 36, 528}));
    EXPECT_EQ(layout.load, (PixelRect{0, 602, 980, 136}));
}

TEST(PanelLayoutTest, HasNoOverviewWhereItIsNarrow) {
    EXPECT_TRUE(panel_layout(synthetic_frame({.n_tokens = 1}, 700, 600)).overview.is_empty());
    EXPECT_FALSE(panel_layout(synthetic_frame({.n_tokens = 1}, 720, 600)).overview.is_empty());
}

// What stands around the content gives way before the content does, and the bars stay inside.
TEST(PanelLayoutTest, KeepsItsContentInASmallPicture) {
    for (const Panels panels : {Panels::All, Panels::Load}) {
        for (const Orientation orientation : {Orientation::TokensDown, Orientation::TokensAcross}) {
            for (int width = 64; width < 500; width += 29) {
                for (int height = 64; height < 500; height += 17) {
                    FrameInput input = synthetic_frame({.n_tokens = 40}, width, height);
                    input.panels = panels;
                    input.view.orientation = orientation;
                    const PanelLayout layout = panel_layout(input);
                    const PixelRect& content = panels == Panels::Load ? layout.load_bars : layout.heatmap;
                    EXPECT_GE(content.width, 60) << width << " x " << height;
                    EXPECT_GE(content.height, panels == Panels::Load ? 30 : 60) << width << " x " << height;
                    if (!layout.load.is_empty()) {
                        EXPECT_EQ(layout.load_bars.intersected(layout.load), layout.load_bars);
                    }
                    EXPECT_EQ(layout.load.intersected(layout.bounds), layout.load);
                }
            }
        }
    }
}

// A bar stands under its column: the pixels of the load marks and of the heatmap's cells are compared as
// drawn, not as computed.
TEST(PanelLayoutTest, PutsEveryBarExactlyUnderItsColumn) {
    for (int width = 500; width < 2600; width += 131) {
        for (const double ratio : {1.0, 1.25, 1.5, 2.0}) {
            FrameInput input = synthetic_frame({.n_tokens = 40}, width, 700, ratio);
            const PanelLayout layout = panel_layout(input);
            LoadCounter counter;
            const LoadPanel panel = load_panel(input, layout, counter);
            Marks marks;
            add_load_marks(input, layout, panel, marks);
            for (const Mark& mark : marks) {
                const bool is_bar = mark.rect.bottom() == layout.load_bars.bottom() && mark.rect.height > 0 &&
                                    (mark.color == input.theme.bar || mark.color == input.theme.over_bar);
                if (!is_bar) continue;
                const auto column = layout.columns.column_from_pixel(mark.rect.x - layout.heatmap.x);
                ASSERT_TRUE(column) << "a bar stands in a gap";
                EXPECT_EQ(mark.rect.x - layout.heatmap.x,
                          layout.columns.pixel_from_column(column->layer, column->index));
                EXPECT_LE(mark.rect.width, layout.columns.axis.column_pixels);
                EXPECT_GT(panel.counts[column->layer * panel.n_experts + column->first_position], 0u);
            }
        }
    }
}

TEST(PanelLayoutTest, DrawsThePlannedShapeOfAnEmptyTrace) {
    FrameInput input = synthetic_frame({.n_tokens = 1}, 980, 738);
    input.planned_shape = input.trace.shape();
    input.trace = {};
    input.n_planned_tokens = 35;
    EXPECT_EQ(panel_layout(input).columns.n_layers, 6u);
    EXPECT_EQ(n_rows_of(input), 35u);
    input.planned_shape.reset();
    EXPECT_EQ(panel_layout(input).columns.n_layers, 0u);
}

}  // namespace
}  // namespace moe::render
