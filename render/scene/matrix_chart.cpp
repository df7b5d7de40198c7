// Where everything of a matrix chart is. The picture is cut from the outside in: titles above, captions
// below, the legend and the list of the largest values on the right, and the cells have the rest.

#include "render/scene/matrix_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/base/check.h"
#include "render/scene/chart_frame.h"
#include "render/scene/colormap.h"
#include "render/scene/text_width.h"

namespace moe::render {
namespace {

constexpr double kRowNames = 58;     // width, with the axis' name
constexpr double kColumnNames = 40;  // height, with the axis' name
constexpr double kNameGap = 7;       // between a name and the cells
constexpr double kColumnNumbers = 18;  // height, without the axis' name
constexpr double kAxisNamesFrom = 150;  // a side of the content; smaller ones have no names of the axes
constexpr double kNamesFrom = 64;       // nor of rows and columns
constexpr double kLegendRoom = 82;      // height of the legend, with its tick
constexpr double kSide = 250;        // width of legend and list
constexpr double kSideGap = 36;
constexpr double kLegendHeight = 12;
constexpr double kListRow = 19;
constexpr std::size_t kMostListed = 12;
constexpr double kSmallestGap = 8;     // cells of this size have a gap between them
constexpr double kCellTextWidth = 34;  // cells of this size show their number
constexpr double kTallestCell = 72;

struct Cells {
    double left = 0;
    double top = 0;
    double width = 0;
    double height = 0;
    std::size_t n_rows = 0;
    std::size_t n_columns = 0;

    double x(std::size_t column) const {
        return left + std::floor(width * static_cast<double>(column) / static_cast<double>(n_columns));
    }
    double y(std::size_t row) const {
        return top + std::floor(height * static_cast<double>(row) / static_cast<double>(n_rows));
    }
};

/// What stands around the cells.
struct Names {
    double left = 0;  ///< width
    double top = 0;   ///< height
    bool has_axes = false;
    bool has_names = false;
};

Names names_in(const MatrixChartModel& model, const ChartFrame& frame) {
    const double side = std::min(frame.right - frame.left, frame.bottom - frame.top);
    if (side >= kAxisNamesFrom)
        return {.left = kRowNames, .top = kColumnNames, .has_axes = true, .has_names = true};
    if (side < kNamesFrom) return {};
    return {.left = text_width(model.row_names.back(), ChartFont::Digits) + kNameGap,
            .top = kColumnNumbers,
            .has_axes = false,
            .has_names = true};
}

/// As large as the space allows, in whole pixels a cell where there is at least one.
Cells cells_in(const MatrixChartModel& model, const ChartFrame& frame, const Names& names, bool has_side) {
    Cells cells{.left = std::ceil(frame.left + names.left),
                .top = std::ceil(frame.top + names.top),
                .width = 0,
                .height = 0,
                .n_rows = model.row_names.size(),
                .n_columns = model.column_names.size()};
    const double side = has_side ? kSide + kSideGap : 0;
    const double room_x = std::max(1.0, frame.right - cells.left - side);
    const double room_y = std::max(1.0, frame.bottom - cells.top - (names.has_axes ? 8 : 0));
    const auto rows = static_cast<double>(cells.n_rows);
    const auto columns = static_cast<double>(cells.n_columns);
    double cell_x = room_x / columns;
    double cell_y = room_y / rows;
    if (model.is_square)
        cell_x = cell_y = std::min(cell_x, cell_y);
    else
        cell_y = std::min({cell_y, kTallestCell, std::max(4.0, 1.5 * cell_x)});
    if (cell_x >= 1) cell_x = std::floor(cell_x);
    if (cell_y >= 1) cell_y = std::floor(cell_y);
    cells.width = std::max(1.0, std::floor(cell_x * columns));
    cells.height = std::max(1.0, std::floor(cell_y * rows));
    return cells;
}

/// The end of the colours: the largest value, rounded up to two digits.
double white_of(const MatrixChartModel& model) {
    double largest = model.chance.value_or(0.0);
    for (const auto& value : model.values) largest = std::max(largest, value.value_or(0.0));
    if (largest <= 0.0) return 1.0;
    const double unit = std::pow(10.0, std::floor(std::log10(largest)) - 1.0);
    return std::ceil(largest / unit - 1e-9) * unit;
}

std::string number(const MatrixChartModel& model, double value, int digits) {
    const double shown = value * model.unit_factor;
    const int decimals = shown >= 100 ? 0 : digits;
    return fmt::format("{:.{}f}", shown, decimals);
}

/// Black or white, whichever stands out on `ground` (relative luminance, WCAG 2).
Color ink_on(Color ground) {
    const auto linear = [](std::uint8_t channel) {
        const double share = channel / 255.0;
        return share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
    };
    const double luminance =
        0.2126 * linear(ground.r) + 0.7152 * linear(ground.g) + 0.0722 * linear(ground.b);
    return luminance > 0.2 ? Color::rgb(0x101318) : Color::rgb(0xFFFFFF);
}

/// A cross, or a dot where there is no room for one.
void add_dead(Chart& chart, double x, double y, double cell, Color color) {
    if (cell < 9) {
        chart.add(ChartRect{std::floor(x - 1), std::floor(y - 1), 2, 2, color});
        return;
    }
    const double size = std::min(4.0, cell / 4);
    chart.add(ChartLine{{{x - size, y - size}, {x + size, y + size}}, color, 1.4, false});
    chart.add(ChartLine{{{x - size, y + size}, {x + size, y - size}}, color, 1.4, false});
}

void add_cells(const MatrixChartModel& model, const Cells& cells, double white, const Theme& theme,
               Chart& chart) {
    chart.add(ChartRect{cells.left, cells.top, cells.width, cells.height, theme.view});
    const double cell_width = cells.width / static_cast<double>(cells.n_columns);
    const double cell_height = cells.height / static_cast<double>(cells.n_rows);
    const double gap = std::min(cell_width, cell_height) >= kSmallestGap ? 1 : 0;
    const bool has_numbers = cell_width >= kCellTextWidth && cell_height >= 16;
    for (std::size_t row = 0; row < cells.n_rows; ++row) {
        for (std::size_t column = 0; column < cells.n_columns; ++column) {
            const auto& value = model.values[row * cells.n_columns + column];
            const double x = cells.x(column);
            const double y = cells.y(row);
            const double right = cells.x(column + 1);
            const double bottom = cells.y(row + 1);
            if (!value) {  // nothing to count there, which is not the same as a count of nothing
                chart.add(ChartRect{x, y, right - x - gap, bottom - y - gap, theme.border});
                continue;
            }
            const Color color = map_color(theme, ColorMap::Tide, *value / white);
            if (*value > 0 && right > x && bottom > y)
                chart.add(ChartRect{x, y, right - x - gap, bottom - y - gap, color});
            const ChartPoint middle{(x + right - gap) / 2, (y + bottom - gap) / 2};
            const bool is_dead = model.marks_dead && *value < 0.1 * model.chance.value_or(0.0);
            if (is_dead && std::min(cell_width, cell_height) >= 4)
                add_dead(chart, middle.x, middle.y, std::min(cell_width, cell_height), theme.dead);
            else if (has_numbers && *value > 0)
                chart.add(ChartText{middle, number(model, *value, 1), ChartFont::Digits, TextAlign::Center,
                                    ink_on(color), false});
        }
    }
}

void add_axes(const MatrixChartModel& model, const Cells& cells, const Names& names, double right,
              const Theme& theme, Chart& chart) {
    if (!names.has_names) return;
    const double cell_width = cells.width / static_cast<double>(cells.n_columns);
    const double cell_height = cells.height / static_cast<double>(cells.n_rows);
    const double widest = text_width(model.column_names.back(), ChartFont::Digits) + 6;
    for (std::size_t column = 0; column < cells.n_columns;
         column += label_step(cell_width, std::max(24.0, widest))) {
        chart.add(ChartText{{(cells.x(column) + cells.x(column + 1)) / 2, cells.top - 9},
                            model.column_names[column],
                            ChartFont::Digits,
                            TextAlign::Center,
                            theme.text_3,
                            false});
    }
    for (std::size_t row = 0; row < cells.n_rows; row += label_step(cell_height, 14)) {
        chart.add(ChartText{{cells.left - 7, (cells.y(row) + cells.y(row + 1)) / 2},
                            model.row_names[row],
                            ChartFont::Digits,
                            TextAlign::Right,
                            theme.text_3,
                            false});
    }
    if (!names.has_axes) return;
    chart.add(ChartText{{cells.left, cells.top - 28},
                        text_cut(model.column_axis, ChartFont::Body, right - cells.left),
                        ChartFont::Body,
                        TextAlign::Left,
                        theme.text_2,
                        false});
    chart.add(ChartText{{cells.left - kRowNames + 9, cells.top},
                        text_cut(model.row_axis, ChartFont::Body, cells.height),
                        ChartFont::Body,
                        TextAlign::Right,
                        theme.text_2,
                        true});
}

/// The colours from 0 to `white`, with a tick at what uniform routing would give.
void add_legend(const MatrixChartModel& model, double white, const ChartPoint& at, const Theme& theme,
                Chart& chart) {
    constexpr int kSteps = 60;
    constexpr double kStepWidth = kSide / kSteps;
    chart.add(ChartText{at, model.value_name, ChartFont::Heading, TextAlign::Left, theme.text_1, false});
    const double top = at.y + 14;
    for (int step = 0; step < kSteps; ++step) {
        const double left = std::round(at.x + step * kStepWidth);
        const double right = std::round(at.x + (step + 1) * kStepWidth);
        chart.add(ChartRect{left, top, right - left, kLegendHeight,
                            map_color(theme, ColorMap::Tide, (step + 0.5) / kSteps)});
    }
    const double below = top + kLegendHeight + 12;
    chart.add(ChartText{{at.x, below}, "0", ChartFont::Digits, TextAlign::Left, theme.text_2, false});
    chart.add(ChartText{{at.x + kSide, below},
                        number(model, white, 1) + model.unit,
                        ChartFont::Digits,
                        TextAlign::Right,
                        theme.text_2,
                        false});
    if (!model.chance) return;
    const double tick = std::round(at.x + kSide * std::min(1.0, *model.chance / white));
    chart.add(ChartRect{tick - 1, top - 3, 2, kLegendHeight + 6, theme.text_1});
    chart.add(ChartText{{at.x, below + 17},
                        "Tick: uniform routing, " + number(model, *model.chance, 1) + model.unit,
                        ChartFont::Body,
                        TextAlign::Left,
                        theme.text_3,
                        false});
}

void add_largest(const MatrixChartModel& model, const ChartPoint& at, double bottom, const Theme& theme,
                 Chart& chart) {
    std::vector<std::size_t> order;
    for (std::size_t index = 0; index < model.values.size(); ++index) {
        const std::size_t row = index / model.column_names.size();
        const bool is_listed = model.is_listed.empty() || model.is_listed[row];
        if (is_listed && model.values[index].value_or(0.0) > 0) order.push_back(index);
    }
    const auto fitting = static_cast<std::size_t>(std::max(0.0, (bottom - at.y - 12) / kListRow));
    const std::size_t n_listed = std::min({kMostListed, order.size(), fitting});
    if (n_listed == 0) return;
    std::ranges::partial_sort(
        order, order.begin() + static_cast<std::ptrdiff_t>(n_listed), [&](std::size_t a, std::size_t b) {
            return *model.values[a] != *model.values[b] ? *model.values[a] > *model.values[b] : a < b;
        });
    chart.add(ChartText{at, model.list_title, ChartFont::Heading, TextAlign::Left, theme.text_1, false});
    const std::size_t n_columns = model.column_names.size();
    for (std::size_t place = 0; place < n_listed; ++place) {
        const double y = at.y + 22 + static_cast<double>(place) * kListRow;
        const double value = *model.values[order[place]];
        chart.add(ChartText{{at.x, y},
                            fmt::format("{} {} {}", model.row_names[order[place] / n_columns],
                                        model.separator, model.column_names[order[place] % n_columns]),
                            ChartFont::Digits,
                            TextAlign::Left,
                            theme.text_2,
                            false});
        chart.add(ChartText{{at.x + 150, y},
                            number(model, value, 1) + model.unit,
                            ChartFont::Digits,
                            TextAlign::Right,
                            theme.text_1,
                            false});
        if (model.chance && *model.chance > 0) {
            chart.add(ChartText{{at.x + kSide, y},
                                fmt::format("{:.1f}\u00D7 chance", value / *model.chance),
                                ChartFont::Digits,
                                TextAlign::Right,
                                theme.text_3,
                                false});
        }
    }
}

}  // namespace

Chart matrix_chart(const MatrixChartModel& model, int width, int height, const Theme& theme) {
    MOE_CHECK(model.values.size() == model.row_names.size() * model.column_names.size());
    Chart chart = empty_chart(model.title, width, height, theme);
    const ChartFrame frame = add_frame(chart, model.title, model.subtitle, model.caption, theme);
    if (model.values.empty()) return chart;
    const bool has_side = frame.right - frame.left > 3 * kSide;
    const Names names = names_in(model, frame);
    const Cells cells = cells_in(model, frame, names, has_side);
    const double white = white_of(model);
    add_cells(model, cells, white, theme, chart);
    add_axes(model, cells, names, frame.right, theme, chart);
    if (!has_side || frame.bottom - cells.top < kLegendRoom) return chart;
    const double side = cells.left + cells.width + kSideGap;
    add_legend(model, white, {side, cells.top + 2}, theme, chart);
    add_largest(model, {side, cells.top + 92}, frame.bottom, theme, chart);
    return chart;
}

}  // namespace moe::render
