#include "render/scene/load_panel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "render/scene/zoom.h"

namespace moe::render {
namespace {

constexpr int kLyingHead = 60;  // logical pixels that the lying legend needs beside the bars
constexpr std::size_t kNullDrawsPerFrame = 200;  // within 3 % of the truth, and quick
constexpr int kEmptyFairHeight = 28;             // logical pixels of the fair share while nothing was run

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

ColumnLoad column_load(const LoadPanel& panel, const ExpertColumns& columns, const Column& column) {
    ColumnLoad load;
    const std::size_t layer_begin = column.layer * panel.n_experts;
    double sum = 0.0;
    load.min = std::numeric_limits<double>::max();
    for (std::size_t position = column.first_position; position < column.end_position; ++position) {
        const std::size_t expert = columns.expert_at(column.layer, position);
        const auto count = static_cast<double>(panel.counts[layer_begin + expert]);
        sum += count;
        load.max = std::max(load.max, count);
        load.min = std::min(load.min, count);
    }
    load.mean = sum / static_cast<double>(column.n_experts());
    return load;
}

// Draws the panel's marks; one object so that its parts share what they all need.
class LoadPainter {
  public:
    LoadPainter(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel, Marks& marks)
        : theme_(input.theme),
          layout_(layout),
          panel_(panel),
          marks_(marks),
          clip_{layout.load_bars.x - layout.hairline, layout.load.y, layout.load_bars.width + layout.hairline,
                layout.load.height} {}

    void draw_band(std::size_t layer) {
        const int high = bar_height(panel_, layout_, static_cast<double>(panel_.uniform_band.high));
        const int low = bar_height(panel_, layout_, static_cast<double>(panel_.uniform_band.low));
        const int x = layout_.load_bars.x + static_cast<int>(layout_.columns.pixel_from_layer(layer));
        const int width = static_cast<int>(layout_.columns.layer_width(layer)) - gap();
        const int overhang = layout_.columns.axis.column_experts > 1 ? 0 : layout_.hairline;
        add_rect(marks_, over_baseline({x - overhang, width + 2 * overhang}, low, high), clip_,
                 theme_.text_1.with_alpha(theme_.is_dark ? 0.065 : 0.075));
    }

    void draw_baseline(std::size_t layer) {
        const int x = layout_.load_bars.x + static_cast<int>(layout_.columns.pixel_from_layer(layer));
        const int width = static_cast<int>(layout_.columns.layer_width(layer)) - gap();
        add_rect(marks_, over_baseline({x, width}, -layout_.hairline, 0), clip_, theme_.border_strong);
    }

    void draw_bar(const Column& column) {
        const ColumnLoad load = column_load(panel_, layout_.columns, column);
        const bool is_over = load.max > panel_.over_from;
        const bool is_folded = column.n_experts() > 1;
        const int x = layout_.load_bars.x +
                      static_cast<int>(layout_.columns.pixel_from_column(column.layer, column.index));
        const int width = std::max(1, layout_.columns.column_pixels(column.layer) - gap());
        const Color color = load.mean > panel_.over_from ? theme_.over_bar : theme_.bar;
        const int mean = bar_height(panel_, layout_, load.mean);
        const int max = bar_height(panel_, layout_, load.max);
        if (max > mean)
            add_rect(marks_, over_baseline({x, width}, mean, max), clip_, color.with_alpha(0.45));
        add_rect(marks_, over_baseline({x, width}, 0, mean), clip_, color);
        if (is_folded) {
            draw_folded_exception({x, width}, is_over, load.min <= panel_.dead_until);
        } else {
            draw_exception(x + (width - 1) / 2, max, is_over, load.min <= panel_.dead_until);
        }
    }

    // The fair share goes over the bars.
    void draw_fair_line() {
        draw_fair_dashes(bar_height(panel_, layout_, panel_.fair), 0.85);
        const PixelRect& bars = layout_.load_bars;
        add_rect(marks_,
                 over_baseline({bars.x - layout_.px(6), layout_.px(3)}, bars.height - layout_.hairline,
                               bars.height),
                 layout_.load, theme_.border_strong);
    }

    // What the shapes mean, beside the application's captions.
    void draw_legend() {
        const bool has_shapes = layout_.columns.axis.column_experts == 1;
        if (layout_.is_transposed()) {
            if (layout_.load_bars.x - layout_.load.x >= layout_.px(kLyingHead)) draw_lying_legend(has_shapes);
            return;
        }
        if (!layout_.load_has_figures || !has_shapes) return;
        const int x = layout_.load.x + layout_.px(16);
        const int size = odd(layout_.px(7));
        add_triangle(marks_, x, layout_.load_bars.bottom() + layout_.px(22), size, Tip::Up, layout_.load,
                     theme_.over_bar);
        draw_cross(x, layout_.load_bars.bottom() + layout_.px(34), layout_.px(8), layout_.load);
    }

    // Before anything was run: where the fair share will be.
    void draw_empty() { draw_fair_dashes(layout_.px(kEmptyFairHeight), 0.35); }

    int gap() const {
        const int pixels = layout_.columns.axis.column_pixels;
        return pixels >= layout_.px(3) ? layout_.hairline : 0;
    }

  private:
    // Pixels along the columns.
    struct Span {
        int x = 0;
        int width = 0;
    };

    // Between two heights over the bars' baseline; those under it are negative.
    PixelRect over_baseline(Span span, int low, int high) const {
        const PixelRect& bars = layout_.load_bars;
        const int y = layout_.is_transposed() ? bars.y + low : bars.bottom() - high;
        return {span.x, y, span.width, high - low};
    }

    // Over the head of the panel, where its text is too: shapes, or where experts share a pixel the colours.
    void draw_lying_legend(bool has_shapes) {
        const int y = layout_.load.y + layout_.px(16);
        const int over = layout_.load.x + layout_.px(33);
        const int dead = over + layout_.px(16);
        const int size = odd(layout_.px(7));
        if (has_shapes) {
            add_triangle(marks_, over, y - size / 4, size, Tip::Down, layout_.load, theme_.over_bar);
            draw_cross(dead, y, layout_.px(8), layout_.load);
            return;
        }
        const PixelRect swatch{over - size / 2, y - layout_.px(1.5), size, layout_.px(3)};
        add_rect(marks_, swatch, layout_.load, theme_.over_bar);
        add_rect(marks_, {dead - size / 2, swatch.y, size, swatch.height}, layout_.load, theme_.dead);
    }

    void draw_fair_dashes(int height, double alpha) {
        const PixelRect& bars = layout_.load_bars;
        const std::int64_t columns_right =
            bars.x + layout_.columns.pixel_from_layer(0) + layout_.columns.total_width();
        const int left = bars.x - layout_.px(6);
        const int right = static_cast<int>(std::min<std::int64_t>(bars.right(), columns_right));
        const PixelRect line = over_baseline({left, right - left}, height - layout_.hairline, height);
        add_dashes(marks_, line, layout_.px(4), layout_.px(3), layout_.load, theme_.text_1.with_alpha(alpha));
    }

    static int odd(int size) { return size - (size % 2 == 0 ? 1 : 0); }

    void draw_cross(int x, int y, int room, const PixelRect& clip) {
        const bool is_bold = room >= layout_.px(7);
        const int size = is_bold ? layout_.px(6) : std::clamp(room, layout_.px(3), layout_.px(5));
        add_cross(marks_, x, y, size, is_bold ? layout_.px(2) : 1, clip, theme_.dead);
    }

    // Where experts share a pixel there is no room for shapes: two rows under the bars, the upper one for
    // over, the lower one for unused; neighbours join.
    void draw_folded_exception(Span span, bool is_over, bool is_dead) {
        const int over = -layout_.px(3);
        const int dead = over - layout_.px(5);
        const int height = layout_.px(3);
        if (is_over) add_rect(marks_, over_baseline(span, over - height, over), clip_, theme_.over_bar);
        if (is_dead) add_rect(marks_, over_baseline(span, dead - height, dead), clip_, theme_.dead);
    }

    // Colour never stands alone: over has a triangle on top, unused a cross below.
    void draw_exception(int center, int height, bool is_over, bool is_dead) {
        const int column = layout_.columns.axis.column_pixels;
        const int size = odd(std::clamp(column - gap(), layout_.px(3), layout_.px(7)));
        if (is_over) {
            const int base = height_line(height + layout_.px(2));
            add_triangle(marks_, center, base, size, layout_.is_transposed() ? Tip::Down : Tip::Up, clip_,
                         theme_.over_bar);
        }
        if (is_dead) draw_cross(center, height_line(-layout_.px(7)), column, clip_);
    }

    int height_line(int height) const {
        return layout_.is_transposed() ? layout_.load_bars.y + height : layout_.load_bars.bottom() - height;
    }

    const Theme& theme_;
    const PanelLayout& layout_;
    const LoadPanel& panel_;
    Marks& marks_;
    PixelRect clip_;
};

}  // namespace

std::optional<std::pair<std::size_t, std::size_t>> counted_tokens(const FrameInput& input,
                                                                  const PanelLayout& layout) {
    const std::size_t n_routed = input.trace.n_routed();
    if (!input.counted) return visible_tokens(layout.tokens, layout.heatmap.height, n_routed);
    const std::pair<std::size_t, std::size_t> counted{input.counted->first,
                                                      std::min(input.counted->second, n_routed)};
    if (counted.first >= counted.second) return std::nullopt;
    return counted;
}

LoadPanel load_panel(const FrameInput& input, const PanelLayout& layout, LoadCounter& counter) {
    const TraceShape shape = shape_of(input);
    LoadPanel panel;
    panel.n_experts = shape.n_experts;
    panel.counts.assign(shape.n_layers * shape.n_experts, 0);
    panel.max_violation.assign(shape.n_layers, 0.0);
    const auto counted = counted_tokens(input, layout);
    if (!counted || panel.counts.empty()) return panel;

    panel.n_tokens = counted->second - counted->first;
    panel.counts = counter.count(input.trace, counted->first, counted->second);
    const UniformRouting uniform{panel.n_tokens, shape.n_experts, shape.top_k};
    const LoadLimits limits = load_limits(uniform);
    panel.fair = limits.fair;
    panel.over_from = limits.over_from;
    panel.dead_until = limits.dead_until;
    panel.uniform_band = load_band(uniform);
    if (const auto null = load_null(uniform, kNullDrawsPerFrame))
        panel.uniform_max_violation = null->max_violation;
    double largest = panel.fair;
    for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
        const auto begin = panel.counts.begin() + static_cast<std::ptrdiff_t>(layer * shape.n_experts);
        const auto most = static_cast<double>(
            *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(shape.n_experts)));
        panel.max_violation[layer] = most / panel.fair - 1.0;
        largest = std::max(largest, most);
    }
    panel.axis_max = axis_max_for(largest, panel.fair, panel.is_long_range());
    return panel;
}

int bar_height(const LoadPanel& panel, const PanelLayout& layout, double load) {
    const double share = std::clamp(load / panel.axis_max, 0.0, 1.0);
    return static_cast<int>(share * layout.load_bars.height + 0.5);
}

void add_load_marks(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel,
                    Marks& marks) {
    if (layout.load.is_empty()) return;
    LoadPainter painter(input, layout, panel, marks);
    const ExpertColumns& columns = layout.columns;
    for (std::size_t layer = 0; layer < columns.n_layers; ++layer) {
        const std::int64_t left = columns.pixel_from_layer(layer);
        if (left >= layout.load_bars.width || left + columns.layer_width(layer) <= 0) continue;
        if (!panel.is_empty()) painter.draw_band(layer);
        painter.draw_baseline(layer);
        for (std::size_t i = 0; i < columns.per_layer(layer) && !panel.is_empty(); ++i)
            painter.draw_bar(columns.column(layer, i));
    }
    if (panel.is_empty()) {
        if (columns.n_layers > 0) painter.draw_empty();
        return;
    }
    painter.draw_fair_line();
    painter.draw_legend();
}

}  // namespace moe::render
