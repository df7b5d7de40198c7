#include <algorithm>

#include "render/scene/overview_axis.h"
#include "render/scene/picture_marks.h"
#include "render/scene/zoom.h"

namespace moe::render {
namespace {

// Gutter and heatmap, where rows are.
PixelRect rows_rect(const PanelLayout& layout) {
    return {layout.gutter.x, layout.heatmap.y, layout.heatmap.right() - layout.gutter.x,
            layout.heatmap.height};
}

void add_hairlines(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const Color color = input.theme.border;
    const int line = layout.hairline;
    const PixelRect& strip = layout.strip;
    const PixelRect edge = layout.is_transposed()
                               ? PixelRect{strip.right() - line, strip.y, line, strip.height}
                               : PixelRect{strip.x, strip.bottom() - line, strip.width, line};
    add_rect(marks, edge, layout.bounds, color);
    if (!layout.load.is_empty())
        add_rect(marks, {layout.load.x, layout.load.y, layout.load.width, line}, layout.bounds, color);
}

// A frame has air around its row, but at the panel's edges no line of it is cut off with the row still whole.
PixelRect kept_within(PixelRect box, const PixelRect& clip, const PixelRect& row) {
    const int top = row.y >= clip.y ? std::max(box.y, clip.y) : box.y;
    const int bottom = row.bottom() <= clip.bottom() ? std::min(box.bottom(), clip.bottom()) : box.bottom();
    return {box.x, top, box.width, bottom - top};
}

void add_selection(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const CellRef& selection = input.view.selection;
    if (!selection.token || *selection.token >= n_rows_of(input)) return;
    const PixelRect clip = rows_rect(layout);
    const int line = layout.hairline;
    const PixelRect row = row_rect(layout, *selection.token);
    PixelRect box{row.x + layout.px(5), row.y - 2 * line, row.width - layout.px(5) + layout.px(2),
                  row.height + 3 * line};
    if (layout.tokens.row_pixels < layout.px(5)) {  // too low for a frame with air: the lines around the row
        box.y = row.y - line;
        box.height = row.height + 2 * line;
    }
    add_frame(marks, kept_within(box, clip, row), clip, line, line, input.theme.accent);
    if (!selection.layer || *selection.layer >= layout.columns.n_layers) return;
    PixelRect group = layer_rect(layout, *selection.layer);
    const int margin = std::min(layout.px(4), std::max(2 * line, layout.columns.axis.gap_pixels / 2));
    group = {group.x - margin, box.y - line, group.width + 2 * margin - line, box.height + 2 * line};
    add_frame(marks, kept_within(group, clip, row),
              {layout.heatmap.x - margin, clip.y, clip.right() - layout.heatmap.x + margin, clip.height},
              2 * line, line, input.theme.accent);
}

void add_hover_box(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const PixelRect chip = hover_chip(input, layout);
    if (chip.is_empty()) return;
    const int line = layout.hairline;
    add_rect(marks, {chip.x + line, chip.y, chip.width - 2 * line, chip.height}, layout.header,
             input.theme.text_1);
    add_rect(marks, {chip.x, chip.y + line, chip.width, chip.height - 2 * line}, layout.header,
             input.theme.text_1);

    const CellRef& hover = input.view.hover;
    if (!hover.token || *hover.token >= n_rows_of(input)) return;
    const PixelRect row = row_rect(layout, *hover.token);
    const int x =  // the chip is there only for an expert that has a column
        layout.heatmap.x + static_cast<int>(*layout.columns.pixel_from_expert(*hover.layer, *hover.expert));
    const int column = layout.columns.column_pixels(*hover.layer);
    PixelRect box{x - line, row.y - line, column + line, row.height + line};
    if (column < layout.px(5))
        box = {x - 2 * line, row.y - 2 * line, column + 4 * line, row.height + 4 * line};
    add_frame(marks, box, layout.heatmap, line, 0, input.theme.text_1);
}

// Behind the last routed row: the live run's cursor stands there.
void add_end_of_run(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const std::size_t n_tokens = input.trace.n_tokens();
    if (n_tokens == 0 && !input.is_live) return;
    const PixelRect row = row_rect(layout, n_tokens);
    const PixelRect clip = rows_rect(layout);
    const int left = layout.heatmap.x - layout.px(4);
    const Color color = input.is_live ? input.theme.accent.with_alpha(0.62) : input.theme.border_strong;
    add_rect(marks, {left, row.y, row.right() - left, layout.hairline}, clip, color);
    if (!input.is_live || layout.tokens.row_pixels < layout.px(8)) return;
    const int height = std::min(layout.px(11), row.height - 2 * layout.hairline);
    const int width = layout.px(7);
    const int x = layout.is_transposed() ? layout.gutter_text.right() - width : layout.gutter_text.x;
    add_rect(marks, {x, row.y + (row.height - height) / 2, width, height}, clip, input.theme.accent);
}

// A line beside the rows of the selected range.
void add_range(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    if (!input.counted || input.counted->first >= input.counted->second) return;
    const PixelRect first = row_rect(layout, input.counted->first);
    const PixelRect last = row_rect(layout, input.counted->second - 1);
    const int width = 2 * layout.hairline;
    add_rect(marks, {layout.gutter.x + layout.px(2), first.y, width, last.bottom() - first.y}, layout.gutter,
             input.theme.accent);
}

// A line over the columns of pinned experts, which stand first in their layer.
void add_pins(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const ExpertColumns& columns = layout.columns;
    if (!columns.arrangement) return;
    for (std::size_t layer = 0; layer < columns.n_layers; ++layer) {
        const std::size_t n_pinned = columns.arrangement->n_pinned(layer);
        if (n_pinned == 0 || columns.is_collapsed(layer)) continue;
        const auto fold = static_cast<std::size_t>(columns.axis.column_experts);
        const std::size_t n_columns = (n_pinned + fold - 1) / fold;
        const int left = layout.heatmap.x + static_cast<int>(columns.pixel_from_layer(layer));
        const int width = static_cast<int>(n_columns) * columns.column_pixels(layer);
        const PixelRect line{left, layout.header.bottom() - layout.px(2), width, layout.px(2)};
        const PixelRect over{layout.heatmap.x, layout.header.y, layout.heatmap.width, layout.header.height};
        add_rect(marks, line, over, input.theme.text_2);
    }
}

// A dot beside the row of every token that has a note.
void add_notes(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    if (!input.noted_tokens || layout.gutter.width < layout.px(12)) return;
    const auto visible = visible_tokens(layout.tokens, layout.heatmap.height, n_rows_of(input));
    if (!visible) return;
    const std::vector<std::size_t>& noted = *input.noted_tokens;
    const int side = layout.px(4);
    const int x = std::min(layout.gutter_index.right(), layout.gutter_text.right()) + layout.px(2);
    for (auto token = std::ranges::lower_bound(noted, visible->first); token != noted.end(); ++token) {
        if (*token >= visible->second) break;
        const PixelRect row = row_rect(layout, *token);
        const PixelRect dot{x, row.y + (row.height - side) / 2, side, side};
        add_rect(marks, dot, rows_rect(layout), input.theme.text_1);
    }
}

void add_fold_edge(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    if (!layout.tokens.is_folded() || layout.gutter.width < layout.px(12)) return;
    const int width = layout.px(4);
    add_zigzag(marks,
               {layout.heatmap.x - layout.px(6) - width, layout.heatmap.y, width, layout.heatmap.height},
               layout.hairline, input.theme.text_3);
}

// What of the run is in view, and where the selected token is.
void add_overview(const FrameInput& input, const PanelLayout& layout, Marks& marks) {
    const std::size_t n_rows = n_rows_of(input);
    if (layout.overview.is_empty() || input.trace.n_routed() == 0) return;
    const OverviewAxis axis = overview_axis(n_rows, layout.overview.height, layout.pixel_ratio);
    const PixelRect& panel = layout.overview;
    const int line = layout.hairline;
    const PixelRect clip{panel.x - 2 * line, panel.y, panel.width + 4 * line, panel.height};
    if (const auto visible = visible_tokens(layout.tokens, layout.heatmap.height, n_rows)) {
        const int top =
            panel.y + static_cast<int>(axis.pixel_from_token(static_cast<std::int64_t>(visible->first)));
        const int bottom =
            panel.y + axis.row_pixels +
            static_cast<int>(axis.pixel_from_token(static_cast<std::int64_t>(visible->second) - 1));
        const PixelRect bracket{clip.x, top - line, clip.width, std::max(bottom - top + 2 * line, 4 * line)};
        add_rect(marks, bracket, clip, input.theme.text_1.with_alpha(0.05));
        add_frame(marks, bracket, clip, line, 0, input.theme.text_1);
    }
    if (input.view.selection.token && *input.view.selection.token < n_rows) {
        const auto y =
            static_cast<int>(axis.pixel_from_token(static_cast<std::int64_t>(*input.view.selection.token)));
        add_rect(marks, {clip.x, panel.y + y, clip.width, line}, clip, input.theme.accent);
    }
}

}  // namespace

Marks marks_above(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel) {
    Marks marks;
    add_hairlines(input, layout, marks);
    add_end_of_run(input, layout, marks);
    add_fold_edge(input, layout, marks);
    add_range(input, layout, marks);
    add_pins(input, layout, marks);
    add_notes(input, layout, marks);
    add_selection(input, layout, marks);
    add_hover_box(input, layout, marks);
    add_overview(input, layout, marks);
    add_load_marks(input, layout, panel, marks);
    return marks;
}

}  // namespace moe::render
