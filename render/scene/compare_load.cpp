#include "render/scene/compare_load.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "render/scene/colormap.h"

namespace moe::render {
namespace {

/// Tokens in view that chose an expert of each column.
struct ColumnLoads {
    std::vector<double> a;
    std::vector<double> b;
    std::vector<double> difference;  ///< b less a, of the rows that both have
    std::size_t n_a = 0;             ///< routed tokens
    std::size_t n_b = 0;
    double largest = 1;

    const std::vector<double>& of(CompareBlock block) const { return block == CompareBlock::A ? a : b; }
};

/// Each cell that is not 0 counts `one`.
void count(const std::vector<float>& cells, const ExpertColumns& columns, double one,
           std::vector<double>& loads) {
    std::size_t place = 0;
    for (std::size_t layer = 0; layer < columns.n_layers; ++layer) {
        for (std::size_t index = 0; index < columns.per_layer(layer); ++index, ++place) {
            const Column column = columns.column(layer, index);
            for (std::size_t expert = column.first_position; expert < column.end_position; ++expert)
                loads[place] += cells[layer * columns.n_experts + expert] != 0.0f ? one : 0.0;
        }
    }
}

ColumnLoads loads_of(const CompareModel& model, const ExpertColumns& columns) {
    std::size_t n_columns = 0;
    for (std::size_t layer = 0; layer < columns.n_layers; ++layer) n_columns += columns.per_layer(layer);
    ColumnLoads loads{.a = std::vector<double>(n_columns),
                      .b = std::vector<double>(n_columns),
                      .difference = std::vector<double>(n_columns)};
    for (const CompareRow& row : model.rows) {
        if (row.has_a) count(row.a, columns, 1.0, loads.a);
        if (row.has_b) count(row.b, columns, 1.0, loads.b);
        if (row.has_a && row.has_b) {
            count(row.b, columns, 1.0, loads.difference);
            count(row.a, columns, -1.0, loads.difference);
        }
        loads.n_a += row.has_a ? 1 : 0;
        loads.n_b += row.has_b ? 1 : 0;
    }
    for (const auto* all : {&loads.a, &loads.b})
        loads.largest = std::max(loads.largest, std::ranges::max(*all));
    return loads;
}

struct Bars {
    Chart& chart;
    const CompareLayout& layout;
    const Theme& theme;

    /// `height_of` a column's bar, upwards from `base`; negative ones hang below it.
    void draw(CompareBlock which, double base, const auto& height_of, Color up, Color down) const {
        const ExpertColumns& columns = layout.columns;
        const PixelRect& block = layout.block(which);
        const int gap = columns.axis.column_pixels > 2 ? 1 : 0;
        std::size_t place = 0;
        for (std::size_t layer = 0; layer < columns.n_layers; ++layer) {
            for (std::size_t index = 0; index < columns.per_layer(layer); ++index, ++place) {
                const double height = std::round(height_of(place));
                if (height == 0) continue;
                const double left = block.x + static_cast<double>(columns.pixel_from_column(layer, index));
                chart.add(ChartRect{left, height > 0 ? base - height : base,
                                    static_cast<double>(columns.axis.column_pixels - gap), std::abs(height),
                                    height > 0 ? up : down});
            }
        }
    }
    void line(CompareBlock which, double y, Color color, bool is_dashed) const {
        const PixelRect& block = layout.block(which);
        chart.add(ChartLine{{{static_cast<double>(block.x), y}, {static_cast<double>(block.right()), y}},
                            color,
                            1,
                            is_dashed});
    }
    void text(double x, double y, std::string words, ChartFont font, TextAlign align) const {
        chart.add(ChartText{{x, y}, std::move(words), font, align, theme.text_3, false});
    }
};

}  // namespace

void add_compare_load(Chart& chart, const CompareModel& model, const CompareLayout& layout,
                      const Theme& theme) {
    const bool is_folded =
        std::ranges::any_of(model.rows, [](const CompareRow& r) { return r.end - r.first > 1; });
    if (layout.load_height <= 0 || is_folded || model.rows.empty()) return;
    const ColumnLoads loads = loads_of(model, layout.columns);
    const Bars bars{chart, layout, theme};
    const double top = layout.load_top, bottom = layout.load_top + layout.load_height;
    const double scale = (layout.load_height - 4) / loads.largest;
    const auto columns_share = static_cast<double>(layout.columns.axis.column_experts) *
                               static_cast<double>(model.shape.top_k) /
                               static_cast<double>(std::max<std::size_t>(1, model.shape.n_experts));
    for (const CompareBlock which : {CompareBlock::A, CompareBlock::B}) {
        bars.draw(which, bottom, [&](std::size_t place) { return loads.of(which)[place] * scale; }, theme.bar,
                  theme.bar);
        bars.line(which, bottom, theme.border_strong, false);
        const std::size_t n_tokens = which == CompareBlock::A ? loads.n_a : loads.n_b;
        bars.line(which, bottom - static_cast<double>(n_tokens) * columns_share * scale, theme.text_2, true);
    }
    const double middle = (top + bottom) / 2;
    bars.draw(
        CompareBlock::Difference, middle,
        [&](std::size_t place) { return loads.difference[place] * scale / 2; },
        diverging_color(theme, 0.75), diverging_color(theme, -0.75));
    bars.line(CompareBlock::Difference, middle, theme.border_strong, false);
    if (layout.gutter_width <= 0) return;
    const double right = layout.a.x - 6;
    // A narrow gutter has no room for the word beside the number.
    bars.text(layout.gutter_a, layout.gutter_width > 60 ? top + 6 : middle, "Load", ChartFont::Body,
              TextAlign::Left);
    bars.text(right, top + 6, tick_text(loads.largest, 1), ChartFont::Digits, TextAlign::Right);
    if (layout.gutter_width > 60)
        bars.text(layout.gutter_a, bottom - 8, "in view", ChartFont::Body, TextAlign::Left);
    bars.text(right, bottom - 8, "0", ChartFont::Digits, TextAlign::Right);
}

}  // namespace moe::render
