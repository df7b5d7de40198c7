#include "render/scene/compare_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/trace/layer_number.h"
#include "render/scene/chart_frame.h"
#include "render/scene/colormap.h"
#include "render/scene/compare_boundaries.h"
#include "render/scene/compare_load.h"
#include "render/scene/text_width.h"
#include "render/scene/token_label.h"

namespace moe::render {
namespace {

constexpr int kGapFromRow = 5;
constexpr int kLargestRow = 15;
constexpr double kDigitsWidth = 36;
constexpr double kLabelGap = 8;
constexpr std::size_t kLongestToken = 40;  // characters
constexpr double kLegendLine = 15;
constexpr const char* kDivergenceHead = "KL(A || B)";

/// What the parts of a drawing have in common.
struct Drawing {
    Chart& chart;
    const CompareModel& model;
    const CompareLayout& layout;
    const Theme& theme;

    void text(double x, double y, std::string words, ChartFont font, TextAlign align, Color color) const {
        chart.add(ChartText{{x, y}, std::move(words), font, align, color, false});
    }
    int row_height() const { return layout.row_pixels - (layout.row_pixels >= kGapFromRow ? 1 : 0); }
    double bottom() const { return layout.y(model.rows.size()); }
};

/// A token's bytes as text of at most that width.
std::string token_in(const std::string& bytes, double width) {
    return text_cut(token_label(bytes, kLongestToken), ChartFont::Digits, width);
}

void add_layer_names(const Drawing& drawing, const PixelRect& block) {
    const CompareLayout& layout = drawing.layout;
    const auto name = [&](std::size_t layer) {
        return fmt::format("L{}", layer_number(drawing.model.shape, layer));
    };
    const std::size_t n_layers = drawing.model.shape.n_layers;
    const double layer_width =
        static_cast<double>(layout.columns.layer_width(0) + layout.columns.axis.gap_pixels);
    const double widest = text_width(name(n_layers - 1), ChartFont::Digits) + kLabelGap;
    for (std::size_t layer = 0; layer < n_layers; layer += label_step(layer_width, widest)) {
        const double left = block.x + static_cast<double>(layout.columns.pixel_from_layer(layer));
        if (left + widest - kLabelGap > block.right() + layout.columns.axis.gap_pixels) break;
        const bool is_selected = drawing.model.selected_layer == layer;
        drawing.text(left, layout.head_top + 29, name(layer), ChartFont::Digits, TextAlign::Left,
                     is_selected ? drawing.theme.accent : drawing.theme.text_3);
    }
}

void add_heads(const Drawing& drawing) {
    const CompareLayout& layout = drawing.layout;
    if (layout.head_height == 0) return;
    const char* const what = drawing.model.has_weights ? "applied weight" : "chosen";
    const std::pair<CompareBlock, std::string> names[] = {
        {CompareBlock::A, drawing.model.name_a},
        {CompareBlock::Difference, std::string(what)},
        {CompareBlock::B, drawing.model.name_b}};
    for (const auto& [which, name] : names) {
        const PixelRect& block = layout.block(which);
        const char* const head = which == CompareBlock::A   ? "A"
                                 : which == CompareBlock::B ? "B"
                                                            : "B \u2212 A";
        const double head_width = text_width(head, ChartFont::Heading);
        if (head_width > block.width) continue;
        const double name_left = block.x + head_width + kLabelGap;
        drawing.text(block.x, layout.head_top + 9, head, ChartFont::Heading, TextAlign::Left,
                     drawing.theme.text_1);
        drawing.text(name_left, layout.head_top + 9,
                     text_cut(name, ChartFont::Body, block.right() - name_left), ChartFont::Body,
                     TextAlign::Left, drawing.theme.text_2);
        if (layout.has_layer_names()) add_layer_names(drawing, block);
    }
}

void add_ground(const Drawing& drawing) {
    const CompareLayout& layout = drawing.layout;
    const double height = drawing.bottom() - layout.a.y;
    for (const CompareBlock which : {CompareBlock::A, CompareBlock::Difference, CompareBlock::B}) {
        const PixelRect& block = layout.block(which);
        for (std::size_t layer = 0; layer < drawing.model.shape.n_layers; ++layer) {
            const double left = block.x + static_cast<double>(layout.columns.pixel_from_layer(layer));
            const auto width = static_cast<double>(layout.columns.layer_width(layer));
            drawing.chart.add(
                ChartRect{left, static_cast<double>(layout.a.y), width, height, drawing.theme.view});
            if (drawing.model.selected_layer == layer)
                drawing.chart.add(
                    ChartRect{left, static_cast<double>(layout.a.y), width, height, drawing.theme.soft});
        }
    }
}

/// The value of a column that is farthest from 0.
float value_at(const std::vector<float>& cells, const ExpertColumns& columns, std::size_t layer,
               std::size_t index) {
    const Column column = columns.column(layer, index);
    float value = 0.0f;
    for (std::size_t expert = column.first_position; expert < column.end_position; ++expert) {
        const float cell = cells[layer * columns.n_experts + expert];
        if (std::abs(cell) > std::abs(value)) value = cell;
    }
    return value;
}

// Neighbours of one colour are one shape, but where a column is wide enough to be counted.
void add_cells(const Drawing& drawing, const PixelRect& block, const std::vector<float>& cells,
               CellMeaning meaning, int y) {
    const ExpertColumns& columns = drawing.layout.columns;
    const int gap = columns.axis.column_pixels >= kGapFromRow ? 1 : 0;
    for (std::size_t layer = 0; layer < columns.n_layers; ++layer) {
        ChartRect run{0, static_cast<double>(y), 0, static_cast<double>(drawing.row_height()), {}};
        for (std::size_t index = 0; index <= columns.per_layer(layer); ++index) {
            const bool is_end = index == columns.per_layer(layer);
            const float value = is_end ? 0.0f : value_at(cells, columns, layer, index);
            const Color color = value == 0.0f ? Color{} : value_color(drawing.theme, {}, meaning, value);
            const double left = block.x + static_cast<double>(columns.pixel_from_column(layer, index));
            const bool goes_on = value != 0.0f && run.width > 0 && run.color == color && gap == 0;
            if (run.width > 0 && !goes_on)
                drawing.chart.add(std::exchange(run, {0, run.y, 0, run.height, {}}));
            if (value == 0.0f) continue;
            if (!goes_on) {
                run.x = left;
                run.color = color;
            }
            run.width += columns.axis.column_pixels - gap;
        }
    }
}

void add_rows(const Drawing& drawing) {
    const CompareLayout& layout = drawing.layout;
    const CellMeaning value = drawing.model.has_weights ? CellMeaning::Weight : CellMeaning::Chosen;
    for (std::size_t index = 0; index < drawing.model.rows.size(); ++index) {
        const CompareRow& row = drawing.model.rows[index];
        if (row.has_a) add_cells(drawing, layout.a, row.a, value, layout.y(index));
        if (row.has_a && row.has_b)
            add_cells(drawing, layout.difference, row.difference, CellMeaning::LoadDifference,
                      layout.y(index));
        if (row.has_b) add_cells(drawing, layout.b, row.b, value, layout.y(index));
    }
}

// B's text is dim while it is equal to A's.
void add_texts(const Drawing& drawing) {
    const CompareLayout& layout = drawing.layout;
    if (layout.gutter_width <= 0) return;
    const std::size_t step = label_step(layout.row_pixels, kCompareTextRow);
    const double text_left = layout.gutter_a + kDigitsWidth + 8;
    const double room = layout.gutter_width - kDigitsWidth - 12;
    for (std::size_t index = 0; index < drawing.model.rows.size(); index += step) {
        const CompareRow& row = drawing.model.rows[index];
        const double middle = layout.y(index) + layout.row_pixels / 2.0;
        const bool is_selected = drawing.model.selected_token && *drawing.model.selected_token >= row.first &&
                                 *drawing.model.selected_token < row.end;
        drawing.text(layout.gutter_a + kDigitsWidth, middle, std::to_string(row.first), ChartFont::Digits,
                     TextAlign::Right, is_selected ? drawing.theme.accent : drawing.theme.text_3);
        if (layout.row_pixels < kCompareTextRow || room < 20) continue;
        drawing.text(text_left, middle, token_in(row.text_a, room), ChartFont::Digits, TextAlign::Left,
                     drawing.theme.text_1);
        drawing.text(layout.gutter_b + 8, middle, token_in(row.text_b, layout.gutter_width - 12),
                     ChartFont::Digits, TextAlign::Left,
                     row.is_token_different ? drawing.theme.text_1 : drawing.theme.text_3);
    }
}

// Bars: B's routers against A's. The tick is the control: A's token against the token before it.
void add_divergence(const Drawing& drawing) {
    const PixelRect& place = drawing.layout.divergence;
    if (place.width <= 0) return;
    double largest = 0;
    bool has_any = false;
    for (const CompareRow& row : drawing.model.rows) {
        largest = std::max({largest, row.divergence.value_or(0), row.control.value_or(0)});
        has_any = has_any || row.divergence.has_value();
    }
    const CompareLayout& layout = drawing.layout;
    if (layout.head_height > 0)
        drawing.text(place.x, layout.head_top + 9, text_cut(kDivergenceHead, ChartFont::Heading, place.width),
                     ChartFont::Heading, TextAlign::Left, drawing.theme.text_1);
    if (!has_any) {
        // Where only one run has tokens there is nothing to compare, whatever the traces hold.
        const bool has_pair =
            std::ranges::any_of(drawing.model.rows, [](const CompareRow& r) { return r.has_a && r.has_b; });
        const std::string why = has_pair ? "no scores"
                                         : first_fitting({"only one run has tokens here", "one run only"},
                                                         ChartFont::Body, place.width);
        if (layout.has_layer_names())
            drawing.text(place.x, layout.head_top + 29, why, ChartFont::Body, TextAlign::Left,
                         drawing.theme.text_3);
        return;
    }
    const std::vector<double> ticks = round_ticks(0, std::max(largest, 1e-3), 2);
    if (layout.has_layer_names()) {
        drawing.text(place.right(), layout.head_top + 29,
                     tick_text(ticks.back(), ticks[1] - ticks[0]) + " nats", ChartFont::Digits,
                     TextAlign::Right, drawing.theme.text_3);
        drawing.text(place.x, layout.head_top + 29, "0", ChartFont::Digits, TextAlign::Left,
                     drawing.theme.text_3);
    }
    const double scale = place.width / ticks.back();
    drawing.chart.add(ChartRect{place.x - 1.0, static_cast<double>(place.y), 1, drawing.bottom() - place.y,
                                drawing.theme.border_strong});
    for (std::size_t index = 0; index < drawing.model.rows.size(); ++index) {
        const CompareRow& row = drawing.model.rows[index];
        const double y = drawing.layout.y(index), height = drawing.row_height();
        const double inset = height > 8 ? 3 : 0;
        if (row.divergence)
            drawing.chart.add(ChartRect{static_cast<double>(place.x), y + inset, *row.divergence * scale,
                                        height - 2 * inset, drawing.theme.bar});
        if (row.control)
            drawing.chart.add(
                ChartRect{place.x + *row.control * scale - 1, y, 2, height, drawing.theme.text_2});
    }
}

/// What the tick of the bars is: under them, in a line of its own where no load stands there, else behind
/// their name.
void add_divergence_legend(const Drawing& drawing) {
    const CompareLayout& layout = drawing.layout;
    const PixelRect& place = layout.divergence;
    const bool has_control =
        std::ranges::any_of(drawing.model.rows, [](const CompareRow& r) { return r.control.has_value(); });
    if (place.width <= 0 || !has_control) return;
    const std::string words = "Tick: token against the one before";
    const auto line = [&](double x, double y, const std::string& text, TextAlign align) {
        drawing.text(x, y, text, ChartFont::Body, align, drawing.theme.text_3);
    };
    if (layout.load_height > 0) {
        double y = layout.load_top + 6;
        for (const std::string& text : text_lines(words, ChartFont::Body, place.width)) {
            line(place.x, y, text, TextAlign::Left);
            y += kLegendLine;
        }
        return;
    }
    if (layout.legend_height > 0) return line(place.right(), layout.legend_top + 10, words, TextAlign::Right);
    const double left = place.x + text_width(kDivergenceHead, ChartFont::Heading) + kLabelGap;
    const std::string shorter =
        first_fitting({words, "Tick: token before"}, ChartFont::Body, place.right() - left);
    if (layout.head_height > 0) line(left, layout.head_top + 9, shorter, TextAlign::Left);
}

void add_selection(const Drawing& drawing) {
    const auto& rows = drawing.model.rows;
    const auto& token = drawing.model.selected_token;
    if (!token) return;
    const auto row =
        std::ranges::find_if(rows, [&](const CompareRow& r) { return *token >= r.first && *token < r.end; });
    if (row == rows.end()) return;
    const double y = drawing.layout.y(static_cast<std::size_t>(row - rows.begin()));
    const double left = drawing.layout.gutter_a + 2,
                 right = drawing.layout.gutter_b + drawing.layout.gutter_width;
    const double bottom = y + std::max(3, drawing.layout.row_pixels) - 0.5;
    drawing.chart.add(
        ChartLine{{{left, y - 0.5}, {right, y - 0.5}, {right, bottom}, {left, bottom}, {left, y - 0.5}},
                  drawing.theme.accent,
                  1,
                  false});
}

}  // namespace

void add_compare(Chart& chart, const CompareModel& model, const CompareLayout& layout, const Theme& theme) {
    const Drawing drawing{chart, model, layout, theme};
    if (model.shape.n_layers == 0) return;
    add_heads(drawing);
    add_ground(drawing);
    add_rows(drawing);
    add_texts(drawing);
    add_divergence(drawing);
    add_divergence_legend(drawing);
    add_compare_boundaries(chart, model, layout, theme);
    add_selection(drawing);
    add_compare_load(chart, model, layout, theme);
}

Chart compare_chart(CompareChartModel model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    const std::vector<std::string> caption{
        "B \u2212 A: applied weight in B less that in A, and under it the difference of loads; blue more in "
        "A, orange more in B. Rows are paired by position. Dashed: the fair share.",
        "KL(A || B): of the routers' scores, nats, mean over layers. Tick: the control, A's token against "
        "the token before it in A."};
    const ChartFrame frame = add_frame(chart, model.title, model.subtitle, caption, theme);
    const PixelRect place{static_cast<int>(frame.left), static_cast<int>(frame.top),
                          static_cast<int>(frame.right - frame.left),
                          static_cast<int>(frame.bottom - frame.top)};
    const std::size_t n_tokens = model.end - model.first;
    const std::size_t n_high = compare_layout(model.compared.shape, place, 1).n_rows;
    const int row_pixels = n_tokens == 0 ? kLargestRow
                                         : std::clamp(static_cast<int>(n_high / n_tokens), 1, kLargestRow);
    const CompareLayout layout = compare_layout(model.compared.shape, place, row_pixels);
    const std::size_t n_rows = std::max<std::size_t>(1, layout.n_rows);
    const std::size_t row_tokens = std::max<std::size_t>(1, (n_tokens + n_rows - 1) / n_rows);
    model.compared.rows = compare_rows(
        model.a, model.b,
        {.first = model.first, .n_rows = (n_tokens + row_tokens - 1) / row_tokens, .row_tokens = row_tokens});
    add_compare(chart, model.compared, layout, theme);
    return chart;
}

}  // namespace moe::render
