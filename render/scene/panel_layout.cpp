#include "render/scene/panel_layout.h"

#include <algorithm>

namespace moe::render {
namespace {

// Logical pixels inside the load panel, from its top.
constexpr int kBarsTop = 18;
constexpr int kBarsBottom = 90;
constexpr int kLoadWithoutFigures = 102;
constexpr int kSmallestHeatmap = 120;

// How high the load panel is: a low picture gives up its figures first, then all of it.
int load_height(const PanelLayout& layout, Panels panels, int height) {
    if (panels == Panels::Load)
        return std::max(0, height - layout.px(kStripHeight) - layout.px(kHeaderHeight));
    const int left_over =
        height - layout.px(kStripHeight) - layout.px(kHeaderHeight) - layout.px(kSmallestHeatmap);
    if (left_over >= layout.px(kLoadHeight)) return layout.px(kLoadHeight);
    return left_over >= layout.px(kLoadWithoutFigures) ? layout.px(kLoadWithoutFigures) : 0;
}

PixelRect rect_between(int left, int top, int right, int bottom) {
    return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
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
    layout.pixel_ratio = input.pixel_ratio;
    layout.hairline = std::max(1, static_cast<int>(input.pixel_ratio));
    layout.tokens = input.view.tokens;
    layout.tokens.row_pixels = std::max(1, layout.tokens.row_pixels);
    layout.tokens.row_tokens = std::max<std::int64_t>(1, layout.tokens.row_tokens);

    const int width = std::max(0, input.width);
    const int height = std::max(0, input.height);
    const int strip_bottom = std::min(height, layout.px(kStripHeight));
    const int header_bottom = std::min(height, strip_bottom + layout.px(kHeaderHeight));
    const int load_top = std::max(header_bottom, height - load_height(layout, input.panels, height));
    const bool has_overview = input.panels == Panels::All && width >= layout.px(kOverviewFromWidth);
    const int margin = layout.px(kOverviewMargin);
    const int heatmap_right = has_overview ? width - layout.px(kOverviewWidth) - 2 * margin : width;
    const int gutter_right = std::min(layout.px(kGutterWidth), heatmap_right);

    layout.strip = rect_between(0, 0, width, strip_bottom);
    layout.header = rect_between(0, strip_bottom, heatmap_right, header_bottom);
    layout.gutter = rect_between(0, header_bottom, gutter_right, load_top);
    layout.heatmap = rect_between(gutter_right, header_bottom, heatmap_right, load_top);
    layout.load = rect_between(0, load_top, width, height);
    layout.load_has_figures = layout.load.height >= layout.px(kLoadHeight);
    if (layout.load.height > 0) {
        layout.load_bars = rect_between(
            gutter_right, load_top + layout.px(kBarsTop), heatmap_right,
            std::max(load_top + layout.px(kBarsBottom), height - layout.px(kLoadHeight - kBarsBottom)));
    }
    if (has_overview) {
        layout.overview = rect_between(heatmap_right + margin, header_bottom, width - margin, load_top);
    }
    layout.columns = expert_columns(input.view.experts, shape_of(input), layout.heatmap.width,
                                    input.pixel_ratio, input.view.arrangement);
    return layout;
}

}  // namespace moe::render
