#include <algorithm>

#include "render/scene/picture_marks.h"

namespace moe::render {
namespace {

constexpr std::size_t kBandExperts = 4;
constexpr int kViewOverhang = 6;      // logical pixels of view colour before the first column
constexpr int kNarrowestBand = 8;     // logical pixels; narrower bands would flicker
constexpr double kBandShare = 0.028;  // of text 1 over the view
constexpr double kHoverShare = 0.09;
constexpr double kTintShare = 0.28;  // of the soft colour's own share

Color softer(Color soft) { return soft.with_alpha(soft.a / 255.0 * kTintShare); }

// The heatmap, where decorations may be drawn; at the left end the view's overhang is its own.
PixelRect view_rect(const PanelLayout& layout) {
    const int left = layout.heatmap.x - layout.px(kViewOverhang);
    return {left, layout.heatmap.y, layout.bounds.width - left, layout.heatmap.height};
}

// Experts 0 to 3, 8 to 11 ... of a layer are a little lighter, so that columns can be counted.
void add_bands(const FrameInput& input, const PanelLayout& layout, std::size_t layer, Marks& marks) {
    const ExpertColumns& columns = layout.columns;
    const int band = static_cast<int>(kBandExperts) * columns.axis.column_pixels;
    if (columns.axis.column_experts > 1 || band < layout.px(kNarrowestBand)) return;
    const PixelRect block = layer_rect(layout, layer);
    if (columns.is_collapsed(layer)) return;
    for (int x = block.x; x < block.right(); x += 2 * band) {
        add_rect(marks, {x, block.y, std::min(band, block.right() - x), block.height}, layout.heatmap,
                 input.theme.text_1.with_alpha(kBandShare));
    }
}

// Rows that were planned but not run: the empty cells themselves, as lines of the view's colour over a
// light ground.
void add_planned_rows(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const std::size_t n_routed = input.trace.n_routed();
    if (input.n_planned_tokens <= n_routed || layout.columns.n_layers == 0) return;
    const PixelRect first = row_rect(layout, n_routed);
    const PixelRect last = row_rect(layout, input.n_planned_tokens - 1);
    const PixelRect rows{layout.heatmap.x, first.y, layout.heatmap.width, last.bottom() - first.y};
    const PixelRect clip = rows.intersected(layout.heatmap);
    for (std::size_t layer = 0; layer < layout.columns.n_layers; ++layer) {
        const PixelRect block = layer_rect(layout, layer).intersected(clip);
        add_rect(marks, block, clip, input.theme.text_1.with_alpha(kBandShare));
        if (layout.columns.axis.column_pixels < layout.px(5)) continue;
        for (std::size_t i = 1; i <= layout.columns.per_layer(layer); ++i) {
            const int x = layout.heatmap.x + static_cast<int>(layout.columns.pixel_from_column(layer, i));
            add_rect(marks, {x - layout.hairline, clip.y, layout.hairline, clip.height}, clip,
                     input.theme.view);
        }
    }
    if (layout.tokens.row_pixels < layout.px(5)) return;
    for (int y = rows.y + layout.tokens.row_pixels; y <= clip.bottom(); y += layout.tokens.row_pixels) {
        add_rect(marks, {clip.x, y - layout.hairline, clip.width, layout.hairline}, clip, input.theme.view);
    }
}

void add_hover(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const CellRef& hover = input.view.hover;
    const Color light = input.theme.text_1.with_alpha(kHoverShare);
    if (hover.token && *hover.token < n_rows_of(input)) {
        PixelRect row = row_rect(layout, *hover.token);
        row.width = layout.heatmap.right() - row.x;
        const PixelRect rows{layout.gutter.x, layout.heatmap.y, layout.heatmap.right(),
                             layout.heatmap.height};
        add_rect(marks, row, rows, light);
    }
    if (hover.layer && hover.expert && *hover.layer < layout.columns.n_layers &&
        *hover.expert < layout.columns.n_experts) {
        const auto x = layout.columns.pixel_from_expert(*hover.layer, *hover.expert);
        if (!x) return;
        add_rect(marks,
                 {layout.heatmap.x + static_cast<int>(*x), layout.heatmap.y,
                  layout.columns.column_pixels(*hover.layer), layout.heatmap.height},
                 layout.heatmap, light);
    }
}

// The selected layer from its head down to its loads.
void add_selected_layer(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const std::optional<std::size_t> layer = input.view.selection.layer;
    if (!layer || *layer >= layout.columns.n_layers) return;
    PixelRect block = layer_rect(layout, *layer);
    const int margin = std::min(layout.px(3), layout.columns.axis.gap_pixels / 2);
    block.x -= margin;
    block.width += 2 * margin;
    const PixelRect clip{layout.heatmap.x - layout.px(4), 0, layout.heatmap.width + layout.px(4),
                         layout.bounds.height};
    add_rect(marks, {block.x, layout.header.y, block.width, layout.header.height}, clip, input.theme.soft);
    add_rect(marks, block, clip, softer(input.theme.soft));
    add_rect(marks, {block.x, layout.load.y, block.width, layout.load.height}, clip,
             softer(input.theme.soft));
}

}  // namespace

Marks marks_below(const FrameInput& input, const PanelLayout& layout) {
    Marks marks;
    add_rect(marks, layout.bounds, layout.bounds, input.theme.surface);
    add_rect(marks, view_rect(layout), layout.bounds, input.theme.view);
    for (std::size_t layer = 0; layer < layout.columns.n_layers; ++layer)
        add_bands(input, layout, layer, marks);
    add_planned_rows(input, layout, marks);
    add_selected_layer(input, layout, marks);
    add_hover(input, layout, marks);
    return marks;
}

}  // namespace moe::render
