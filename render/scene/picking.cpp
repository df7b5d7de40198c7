#include "render/scene/picking.h"

#include <algorithm>
#include <utility>

#include "render/scene/overview_axis.h"

namespace moe::render {
namespace {

// The row under a pixel of gutter or heatmap.
Hit row_hit(const FrameInput& input, const PanelLayout& layout, int y) {
    const auto n_rows = static_cast<std::int64_t>(n_rows_of(input));
    const std::int64_t token = layout.tokens.token_from_pixel(y - layout.heatmap.y);
    if (token < 0 || token >= n_rows) return {};
    return {.kind = HitKind::Row,
            .cell = {.token = static_cast<std::size_t>(token), .layer = {}, .expert = {}},
            .n_tokens = static_cast<std::size_t>(std::min(layout.tokens.row_tokens, n_rows - token)),
            .n_experts = 0};
}

void add_column(const PanelLayout& layout, int x, HitKind kind, Hit& hit) {
    const std::optional<Column> column = layout.columns.column_from_pixel(x - layout.heatmap.x);
    if (!column) return;
    hit.kind = kind;
    hit.cell.layer = column->layer;
    hit.cell.expert = layout.columns.expert_at(column->layer, column->first_position);
    hit.n_experts = column->n_experts();
}

Hit header_hit(const PanelLayout& layout, int x, int y) {
    if (x < layout.heatmap.x) return {};
    Hit hit;
    const std::optional<std::size_t> layer = layout.columns.layer_from_pixel(x - layout.heatmap.x);
    if (!layer) return {};
    if (y >= layout.header_digits.y) add_column(layout, x, HitKind::LayerHeader, hit);
    hit.kind = HitKind::LayerHeader;
    hit.cell.layer = layer;
    return hit;
}

Hit overview_hit(const FrameInput& input, const PanelLayout& layout, int y) {
    const std::size_t n_rows = n_rows_of(input);
    if (n_rows == 0) return {};
    const OverviewAxis axis = overview_axis(n_rows, layout.overview.height, layout.pixel_ratio);
    const auto token = static_cast<std::size_t>(axis.token_from_pixel(y - layout.overview.y));
    return {.kind = HitKind::Overview,
            .cell = {.token = std::min(token, n_rows - 1), .layer = {}, .expert = {}},
            .n_tokens = static_cast<std::size_t>(axis.row_tokens),
            .n_experts = 0};
}

}  // namespace

Hit pick(const FrameInput& input, const PanelLayout& layout, int x, int y) {
    if (layout.is_transposed()) std::swap(x, y);
    if (layout.strip.contains(x, y))
        return {.kind = HitKind::Strip, .cell = {}, .n_tokens = 0, .n_experts = 0};
    if (layout.header.contains(x, y)) return header_hit(layout, x, y);
    if (layout.overview.contains(x, y)) return overview_hit(input, layout, y);
    if (layout.gutter.contains(x, y)) {
        Hit hit = row_hit(input, layout, y);
        if (hit.kind == HitKind::Row) hit.kind = HitKind::GutterToken;
        return hit;
    }
    if (layout.heatmap.contains(x, y)) {
        Hit hit = row_hit(input, layout, y);
        if (hit.kind == HitKind::Row) add_column(layout, x, HitKind::Cell, hit);
        return hit;
    }
    Hit hit;
    if (layout.load.contains(x, y) && x >= layout.load_bars.x) add_column(layout, x, HitKind::LoadBar, hit);
    return hit;
}

}  // namespace moe::render
