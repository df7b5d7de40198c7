#include "render/scene/panel_layout.h"

#include <algorithm>

namespace moe::render {
namespace {

// Logical pixels, across the panels.
constexpr int kStrip = 34;
constexpr int kSmallestHeatmap = 120;
constexpr int kSmallestContent = 60;  // of heatmap or load: below, what stands around them gives way
constexpr int kOverview = 36;
constexpr int kOverviewMargin = 5;  // on both sides

// What depends on the way text runs. Logical pixels, from the panel's beginning.
struct PanelSizes {
    int header;
    int header_digits;  // where they begin
    int gutter;
    int index_begin, index_end;
    int text_begin, text_end;
    int load;  // with its figures
    int load_without_figures;
    int bars_begin, bars_end;
    int overview_from;  // a picture with less room beside its strip has no overview
};
constexpr PanelSizes kTokensDown{.header = 40,
                                 .header_digits = 20,
                                 .gutter = 116,
                                 .index_begin = 0,
                                 .index_end = 35,
                                 .text_begin = 44,
                                 .text_end = 108,
                                 .load = 136,
                                 .load_without_figures = 102,
                                 .bars_begin = 18,
                                 .bars_end = 90,
                                 .overview_from = 720};
constexpr PanelSizes kTokensAcross{.header = 112,
                                   .header_digits = 84,
                                   .gutter = 112,
                                   .index_begin = 70,
                                   .index_end = 106,
                                   .text_begin = 4,
                                   .text_end = 60,
                                   .load = 236,
                                   .load_without_figures = 130,
                                   .bars_begin = 24,
                                   .bars_end = 114,
                                   .overview_from = 400};

// How high the load panel is: a low picture gives up its figures first, then all of it.
int load_height(const PanelLayout& layout, const PanelSizes& sizes, Panels panels, int left_over) {
    if (panels == Panels::Load) return std::max(0, left_over);
    left_over -= layout.px(kSmallestHeatmap);
    if (left_over >= layout.px(sizes.load)) return layout.px(sizes.load);
    return left_over >= layout.px(sizes.load_without_figures) ? layout.px(sizes.load_without_figures) : 0;
}

// What stands around the content: strip and heads over it, the gutter beside it. The strip goes first.
struct Surround {
    int strip, header, gutter;  // device pixels
};

Surround surround(const PanelLayout& layout, const PanelSizes& sizes, int width, int height) {
    Surround around{layout.px(kStrip), layout.px(sizes.header), layout.px(sizes.gutter)};
    const int least = layout.px(kSmallestContent);
    // With tokens across the strip takes from the gutter's side.
    int& strip_room = layout.is_transposed() ? width : height;
    const int beside = layout.is_transposed() ? around.gutter : around.header;
    if (strip_room - around.strip - beside < least) around.strip = 0;
    strip_room -= around.strip;
    if (height - around.header < least) around.header = 0;
    if (width - around.gutter < least) around.gutter = 0;
    return around;
}

PixelRect rect_between(int left, int top, int right, int bottom) {
    return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

void place_gutter_columns(PanelLayout& layout, const PanelSizes& sizes) {
    const PixelRect& gutter = layout.gutter;
    const auto between = [&](int begin, int end) {
        return PixelRect{gutter.x + layout.px(begin), gutter.y, layout.px(end) - layout.px(begin),
                         gutter.height}
            .intersected(gutter);
    };
    layout.gutter_index = between(sizes.index_begin, sizes.index_end);
    layout.gutter_text = between(sizes.text_begin, sizes.text_end);
}

}  // namespace

TraceShape shape_of(const FrameInput& input) {
    if (input.trace.has_shape()) return input.trace.shape();
    return input.planned_shape.value_or(TraceShape{});
}

std::size_t n_rows_of(const FrameInput& input) {
    return std::max(input.trace.n_tokens(), input.n_planned_tokens) + (input.is_live ? 1 : 0);
}

PanelLayout panel_layout(const FrameInput& input) {
    PanelLayout layout;
    layout.orientation = input.view.orientation;
    const PanelSizes& sizes = layout.is_transposed() ? kTokensAcross : kTokensDown;
    layout.pixel_ratio = input.pixel_ratio;
    layout.hairline = std::max(1, static_cast<int>(input.pixel_ratio));
    layout.tokens = input.view.tokens;
    layout.tokens.row_pixels = std::max(1, layout.tokens.row_pixels);
    layout.tokens.row_tokens = std::max<std::int64_t>(1, layout.tokens.row_tokens);

    layout.bounds = layout.on_picture({0, 0, std::max(0, input.width), std::max(0, input.height)});
    const int width = layout.bounds.width;
    const int height = layout.bounds.height;
    const Surround around = surround(layout, sizes, width, height);
    layout.strip = layout.on_picture({0, 0, std::max(0, input.width), around.strip});
    const int left = layout.is_transposed() ? layout.strip.right() : 0;
    const int top = layout.is_transposed() ? 0 : layout.strip.bottom();
    const int header_bottom = std::min(height, top + around.header);
    const int load_top = std::max(
        header_bottom, height - load_height(layout, sizes, input.panels, height - top - around.header));
    const bool has_overview = input.panels == Panels::All && width - left >= layout.px(sizes.overview_from);
    const int margin = layout.px(kOverviewMargin);
    const int heatmap_right = has_overview ? width - layout.px(kOverview) - 2 * margin : width;
    const int gutter_right = std::min(left + around.gutter, heatmap_right);

    layout.header = rect_between(left, top, heatmap_right, header_bottom);
    layout.header_digits = rect_between(left, std::min(header_bottom, top + layout.px(sizes.header_digits)),
                                        heatmap_right, header_bottom);
    layout.gutter = rect_between(left, header_bottom, gutter_right, load_top);
    place_gutter_columns(layout, sizes);
    layout.heatmap = rect_between(gutter_right, header_bottom, heatmap_right, load_top);
    layout.load = rect_between(left, load_top, width, height);
    layout.load_has_figures = layout.load.height >= layout.px(sizes.load);
    if (layout.load.height > 0) {
        const int below =
            std::min(layout.px(sizes.load_without_figures - sizes.bars_end), layout.load.height / 4);
        const int end =
            std::max(load_top + layout.px(sizes.bars_end), height - layout.px(sizes.load - sizes.bars_end));
        layout.load_bars = rect_between(
            gutter_right, load_top + std::min(layout.px(sizes.bars_begin), layout.load.height / 4),
            heatmap_right, std::min(end, height - below));
    }
    if (has_overview) {
        layout.overview = rect_between(heatmap_right + margin, header_bottom, width - margin, load_top);
    }
    layout.columns = expert_columns(input.view.experts, shape_of(input), layout.heatmap.width,
                                    input.pixel_ratio, input.view.arrangement);
    return layout;
}

}  // namespace moe::render
