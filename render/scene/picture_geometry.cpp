#include <algorithm>

#include "render/scene/picture_marks.h"

namespace moe::render {

PixelRect row_rect(const PanelLayout& layout, std::size_t token) {
    const std::int64_t top =
        layout.heatmap.y + layout.tokens.pixel_from_token(static_cast<std::int64_t>(token));
    // Far outside rows are all alike; an int must not overflow on the way there.
    const auto y = static_cast<int>(std::clamp<std::int64_t>(top, -1'000'000, 1'000'000));
    const std::int64_t columns_right =
        layout.heatmap.x + layout.columns.total_width() - layout.columns.axis.offset_pixels;
    const auto right = static_cast<int>(std::min<std::int64_t>(layout.heatmap.right(), columns_right));
    return {layout.gutter.x, y, std::max(0, right - layout.gutter.x), layout.tokens.row_pixels};
}

PixelRect layer_rect(const PanelLayout& layout, std::size_t layer) {
    const std::int64_t left = layout.heatmap.x + layout.columns.pixel_from_layer(layer);
    return {static_cast<int>(std::clamp<std::int64_t>(left, -1'000'000, 1'000'000)), layout.heatmap.y,
            static_cast<int>(layout.columns.layer_width(layer)), layout.heatmap.height};
}

PixelRect hover_chip(const FrameInput& input, const PanelLayout& layout) {
    const CellRef& hover = input.view.hover;
    if (!hover.layer || !hover.expert) return {};
    if (*hover.layer >= layout.columns.n_layers || *hover.expert >= layout.columns.n_experts) return {};
    const auto column = layout.columns.pixel_from_expert(*hover.layer, *hover.expert);
    if (!column) return {};
    const int center =
        layout.heatmap.x + static_cast<int>(*column) + layout.columns.column_pixels(*hover.layer) / 2;
    if (center < layout.heatmap.x || center >= layout.heatmap.right()) return {};
    const int text = layout.px(*hover.expert < 10 ? 20 : *hover.expert < 100 ? 26 : 33);
    const int line = layout.px(16);
    const int width = layout.is_transposed() ? line : text;
    const int height = layout.is_transposed() ? text : line;
    const int left = std::clamp(center - width / 2, layout.heatmap.x,
                                std::max(layout.heatmap.x, layout.heatmap.right() - width));
    return {left, layout.header.bottom() - layout.px(2) - height, width, height};
}

}  // namespace moe::render
