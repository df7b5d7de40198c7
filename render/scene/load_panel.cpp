#include "render/scene/load_panel.h"

#include <algorithm>
#include <cmath>

#include "render/scene/zoom.h"

namespace moe::render {
namespace {

// Whole steps, so that the axis stands still while tokens arrive.
double axis_max_for(double largest, double fair, bool is_long_range) {
    if (is_long_range) return 4.0 * fair;
    const double step = largest <= 32.0 ? 4.0 : largest <= 128.0 ? 8.0 : 64.0;
    return std::max(4.0, std::ceil(largest / step) * step);
}

// What a column's experts carry together.
struct ColumnLoad {
    double mean = 0.0;
    double max = 0.0;
    double min = 0.0;
};

ColumnLoad column_load(const LoadPanel& panel, const Column& column) {
    ColumnLoad load;
    const std::size_t layer_begin = column.layer * panel.n_experts;
    double sum = 0.0;
    load.min = static_cast<double>(panel.counts[layer_begin + column.first_expert]);
    for (std::size_t expert = column.first_expert; expert < column.end_expert; ++expert) {
        const auto count = static_cast<double>(panel.counts[layer_begin + expert]);
        sum += count;
        load.max = std::max(load.max, count);
        load.min = std::min(load.min, count);
    }
    load.mean = sum / static_cast<double>(column.end_expert - column.first_expert);
    return load;
}

// Draws the panel's marks; one object so that its parts share what they all need.
class LoadPainter {
  public:
    LoadPainter(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel, Marks& marks)
        : theme_(input.theme), layout_(layout), panel_(panel), marks_(marks),
          clip_{layout.load_bars.x - layout.px(2), layout.load.y, layout.load_bars.width + layout.px(4), layout.load.height} {}

    void draw_band(std::size_t layer) {
        const PixelRect bars = layout_.load_bars;
        const int top = bars.bottom() - bar_height(panel_, layout_, panel_.uniform.high);
        const int bottom = bars.bottom() - bar_height(panel_, layout_, panel_.uniform.low);
        const int x = bars.x + static_cast<int>(layout_.columns.pixel_from_layer(layer));
        const int width = static_cast<int>(layout_.columns.layer_width()) - gap();
        const int overhang = layout_.columns.axis.column_experts > 1 ? 0 : layout_.hairline;
        add_rect(marks_, {x - overhang, top, width + 2 * overhang, bottom - top}, clip_,
                 theme_.text_1.with_alpha(theme_.is_dark ? 0.065 : 0.075));
    }

    void draw_baseline(std::size_t layer) {
        const int x = layout_.load_bars.x + static_cast<int>(layout_.columns.pixel_from_layer(layer));
        const int width = static_cast<int>(layout_.columns.layer_width()) - gap();
        add_rect(marks_, {x, layout_.load_bars.bottom(), width, layout_.hairline}, clip_, theme_.border_strong);
    }

    void draw_bar(const Column& column) {
        const ColumnLoad load = column_load(panel_, column);
        const bool is_over = load.max > panel_.over_from;
        const PixelRect bars = layout_.load_bars;
        const int x = bars.x + static_cast<int>(layout_.columns.pixel_from_column(column.layer, column.index));
        const int width = std::max(1, layout_.columns.axis.column_pixels - gap());
        const Color color = is_over ? theme_.over_bar : theme_.bar;
        const int mean = bar_height(panel_, layout_, load.mean);
        const int max = bar_height(panel_, layout_, load.max);
        if (max > mean) add_rect(marks_, {x, bars.bottom() - max, width, max - mean}, clip_, color.with_alpha(0.55));
        add_rect(marks_, {x, bars.bottom() - mean, width, mean}, clip_, color);
        draw_exception(x + (width - 1) / 2, max, is_over, load.min <= panel_.dead_until);
    }

    // The fair share goes over the bars.
    void draw_fair_line() {
        const PixelRect bars = layout_.load_bars;
        const int y = bars.bottom() - bar_height(panel_, layout_, panel_.uniform.fair);
        const int left = bars.x - layout_.px(6);
        const int right = std::min<int>(bars.right(), bars.x + static_cast<int>(layout_.columns.pixel_from_layer(0) +
                                                                                layout_.columns.total_width()));
        const PixelRect line{left, y, right - left, layout_.hairline};
        add_dashes(marks_, line, layout_.px(4), layout_.px(3), layout_.load, theme_.text_1.with_alpha(0.85));
    }

    int gap() const {
        const int pixels = layout_.columns.axis.column_pixels;
        return pixels >= layout_.px(3) ? layout_.hairline : 0;
    }

  private:
    // Colour never stands alone: over has a triangle on top, unused a cross below.
    void draw_exception(int center, int height, bool is_over, bool is_dead) {
        const PixelRect bars = layout_.load_bars;
        const int column = layout_.columns.axis.column_pixels;
        const int wanted = std::clamp(column - gap(), layout_.px(3), layout_.px(7));
        const int size = wanted - (wanted % 2 == 0 ? 1 : 0);
        if (is_over) {
            add_triangle(marks_, center, bars.bottom() - height - layout_.px(2), size, clip_, theme_.over_bar);
        }
        if (is_dead) {
            const int y = bars.bottom() + layout_.px(7);
            add_cross(marks_, center, y, size, column < layout_.px(5) ? 1 : layout_.hairline + layout_.px(1) / 2, clip_, theme_.dead);
        }
    }

    const Theme& theme_;
    const PanelLayout& layout_;
    const LoadPanel& panel_;
    Marks& marks_;
    PixelRect clip_;
};

}  // namespace

LoadPanel load_panel(const FrameInput& input, const PanelLayout& layout, LoadCounter& counter) {
    const TraceShape shape = shape_of(input);
    LoadPanel panel;
    panel.n_experts = shape.n_experts;
    panel.counts.assign(shape.n_layers * shape.n_experts, 0);
    panel.max_violation.assign(shape.n_layers, 0.0);
    const auto visible = visible_tokens(layout.tokens, layout.heatmap.height, input.trace.n_routed());
    if (!visible || panel.counts.empty()) return panel;

    panel.n_tokens = visible->second - visible->first;
    panel.counts = counter.count(input.trace, visible->first, visible->second);
    panel.uniform = uniform_load(panel.n_tokens, shape.n_experts, shape.top_k);
    double largest = panel.uniform.fair;
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
        const auto begin = panel.counts.begin() + static_cast<std::ptrdiff_t>(layer * shape.n_experts);
        const auto most = static_cast<double>(*std::max_element(begin, begin + static_cast<std::ptrdiff_t>(shape.n_experts)));
        panel.max_violation[layer] = most / panel.uniform.fair - 1.0;
        largest = std::max(largest, most);
    }
    const bool is_long_range = panel.n_tokens >= kLongRangeTokens;
    panel.axis_max = axis_max_for(largest, panel.uniform.fair, is_long_range);
    panel.over_from = is_long_range ? 3.0 * panel.uniform.fair : panel.uniform.largest_high;
    panel.dead_until = is_long_range ? 0.1 * panel.uniform.fair : 0.0;
    return panel;
}

int bar_height(const LoadPanel& panel, const PanelLayout& layout, double load) {
    const double share = std::clamp(load / panel.axis_max, 0.0, 1.0);
    return static_cast<int>(share * layout.load_bars.height + 0.5);
}

void add_load_marks(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel, Marks& marks) {
    if (layout.load.is_empty()) return;
    LoadPainter painter(input, layout, panel, marks);
    const ExpertColumns& columns = layout.columns;
    for (std::size_t layer = 0; layer < columns.n_layers; ++layer) {
        const std::int64_t left = columns.pixel_from_layer(layer);
        if (left >= layout.load_bars.width || left + columns.layer_pitch() <= 0) continue;
        if (!panel.is_empty()) painter.draw_band(layer);
        painter.draw_baseline(layer);
        for (std::size_t i = 0; i < columns.per_layer() && !panel.is_empty(); ++i) painter.draw_bar(columns.column(layer, i));
    }
    if (!panel.is_empty()) painter.draw_fair_line();
}

}  // namespace moe::render
