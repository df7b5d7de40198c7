#include "render/scene/curve_chart.h"

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"
#include "render/scene/chart_frame.h"
#include "render/scene/colormap.h"
#include "render/scene/text_width.h"

namespace moe::render {
namespace {

constexpr double kPanelGap = 40;
constexpr double kSmallPanelGap = 14;
constexpr double kRowGap = 12;
constexpr double kPanelTitle = 34;
constexpr double kSmallPanelTitle = 20;  // a little more above numbers
constexpr double kNumbers = 44;  // width of the vertical axis' numbers
constexpr double kLayers = 40;   // height of the horizontal axis with its name
constexpr double kLayerNumbers = 22;  // without it
constexpr double kKeyHeight = 26;
constexpr double kLeastWidth = 300;  // of a panel beside another
constexpr double kSmallestWidth = 110;  // of a panel that shows anything
constexpr double kSmallestHeight = 52;
constexpr double kTickDistance = 22;
constexpr double kLeftOutLine = 16;  // height of the line that says what has no room
constexpr std::size_t kMostTicks = 5;

// Parts that a panel of less than these sizes does without: the axis' name, the large title, the layers, the
// numbers, the title.
constexpr double kAxisNameFrom = 150;
constexpr double kLargeTitleFrom = 120;
constexpr double kLayersFrom = 80;
constexpr double kNumbersFrom = 64;
constexpr double kNumbersFromWidth = 150;
constexpr double kTitleFrom = 44;
constexpr double kKeyFrom = 200;  // height of the picture's content

/// Where a panel's plot is and what its axes show.
struct Plot {
    double left = 0, top = 0, right = 0, bottom = 0;
    double low = 0, high = 1;
    std::size_t n_layers = 0;

    double x(std::size_t layer) const {
        if (n_layers < 2) return (left + right) / 2;
        const double inset = std::min(14.0, (right - left) / 8);
        return left + inset +
               (right - left - 2 * inset) * static_cast<double>(layer) / static_cast<double>(n_layers - 1);
    }
    double y(double value) const { return bottom - (bottom - top) * (value - low) / (high - low); }
};

Color value_color(const Theme& theme) { return map_color(theme, ColorMap::Tide, theme.is_dark ? 0.68 : 0.6); }

std::vector<double> ticks_of(const CurvePanel& panel, double height) {
    double low = panel.starts_at_zero ? 0.0 : INFINITY;
    double high = -INFINITY;
    for (const auto* series : {&panel.values, &panel.chance}) {
        for (const auto& value : *series) {
            if (!value) continue;
            low = std::min(low, *value);
            high = std::max(high, *value);
        }
    }
    if (!std::isfinite(high)) return {0.0, 1.0};
    const auto fitting = static_cast<std::size_t>(std::max(0.0, height) / kTickDistance);
    const std::size_t most = std::clamp(fitting, std::size_t{1}, kMostTicks);
    return round_ticks(low, std::max(high, low + 1e-9), most);
}

/// Which parts a panel has room for.
struct PanelParts {
    double title = 0;    ///< height, with what is between it and the plot
    double numbers = 0;  ///< width
    double layers = 0;   ///< height
    bool has_axis_name = false;
};

PanelParts parts_in(double width, double height) {
    PanelParts parts;
    parts.numbers = height >= kNumbersFrom && width >= kNumbersFromWidth ? kNumbers : 0;
    const double small_title = parts.numbers > 0 ? kSmallPanelTitle + 6 : kSmallPanelTitle;
    parts.title = height >= kLargeTitleFrom ? kPanelTitle : height >= kTitleFrom ? small_title : 0;
    parts.has_axis_name = height >= kAxisNameFrom;
    parts.layers = parts.has_axis_name ? kLayers : height >= kLayersFrom ? kLayerNumbers : 4;
    return parts;
}

void add_axes(const CurveChartModel& model, const std::vector<double>& ticks, const Plot& plot,
              const PanelParts& parts, const Theme& theme, Chart& chart) {
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1.0;
    for (const double tick : ticks) {
        const double y = std::round(plot.y(tick));
        chart.add(ChartRect{plot.left, y, plot.right - plot.left, 1,
                            tick == ticks.front() ? theme.border_strong : theme.border});
        if (parts.numbers <= 0) continue;
        chart.add(ChartText{{plot.left - 8, y},
                            tick_text(tick, step),
                            ChartFont::Digits,
                            TextAlign::Right,
                            theme.text_3,
                            false});
    }
    const double distance = plot.n_layers < 2 ? 100 : plot.x(1) - plot.x(0);
    if (parts.layers < kLayerNumbers || plot.n_layers == 0) return;
    const double label = text_width(model.layer_names.back(), ChartFont::Digits) + 12;
    for (std::size_t layer = 0; layer < plot.n_layers; layer += label_step(distance, label)) {
        chart.add(ChartText{{plot.x(layer), plot.bottom + 13},
                            model.layer_names[layer],
                            ChartFont::Digits,
                            TextAlign::Center,
                            theme.text_3,
                            false});
    }
    if (!parts.has_axis_name) return;
    chart.add(ChartText{{(plot.left + plot.right) / 2, plot.bottom + 30},
                        "layer",
                        ChartFont::Body,
                        TextAlign::Center,
                        theme.text_3,
                        false});
}

/// The stretches of a series between its gaps.
void add_series(const std::vector<std::optional<double>>& values, const Plot& plot, Color color, double width,
                bool is_dashed, Chart& chart) {
    ChartLine line{{}, color, width, is_dashed};
    for (std::size_t layer = 0; layer <= values.size(); ++layer) {
        if (layer < values.size() && values[layer]) {
            line.points.push_back({plot.x(layer), plot.y(*values[layer])});
            continue;
        }
        if (line.points.size() > 1) chart.add(line);
        line.points.clear();
    }
}

void add_panel(const CurveChartModel& model, const CurvePanel& panel, const ChartFrame& place,
               const Theme& theme, Chart& chart) {
    MOE_CHECK(panel.values.size() == model.layer_names.size());
    const PanelParts parts = parts_in(place.right - place.left, place.bottom - place.top);
    const double top = place.top + std::max(parts.title, 4.0);
    const double bottom = std::max(top + 1, place.bottom - parts.layers);
    const std::vector<double> ticks = ticks_of(panel, bottom - top);
    const Plot plot{.left = place.left + parts.numbers,
                    .top = top,
                    .right = std::max(place.left + parts.numbers + 1, place.right),
                    .bottom = bottom,
                    .low = ticks.front(),
                    .high = ticks.back(),
                    .n_layers = panel.values.size()};
    if (parts.title > 0) {
        const double width = place.right - place.left;
        const std::string title = text_cut(panel.title, ChartFont::Heading, width);
        const double room = width - text_width(title, ChartFont::Heading) - 12;
        chart.add(ChartText{
            {place.left, place.top + 8}, title, ChartFont::Heading, TextAlign::Left, theme.text_1, false});
        chart.add(ChartText{{place.right, place.top + 8},
                            first_fitting({panel.unit}, ChartFont::Body, room),
                            ChartFont::Body,
                            TextAlign::Right,
                            theme.text_3,
                            false});
    }
    add_axes(model, ticks, plot, parts, theme, chart);
    add_series(panel.chance, plot, theme.text_3, 1.5, /*is_dashed=*/true, chart);
    const Color color = value_color(theme);
    add_series(panel.values, plot, color, 2.0, /*is_dashed=*/false, chart);
    const double radius = plot.n_layers > 40 ? 2.0 : 3.5;
    for (std::size_t layer = 0; layer < panel.values.size(); ++layer) {
        if (panel.values[layer])
            chart.add(ChartDot{{plot.x(layer), plot.y(*panel.values[layer])}, radius, color});
    }
}

/// What the two kinds of line are.
void add_key(const CurveChartModel& model, const ChartFrame& frame, const Theme& theme, Chart& chart) {
    const double y = frame.top + 4;
    const Color color = value_color(theme);
    chart.add(ChartLine{{{frame.left, y}, {frame.left + 28, y}}, color, 2.0, false});
    chart.add(ChartDot{{frame.left + 14, y}, 3.5, color});
    chart.add(
        ChartText{{frame.left + 36, y}, "this run", ChartFont::Body, TextAlign::Left, theme.text_2, false});
    const double second = frame.left + 110;
    const std::string chance =
        first_fitting({model.chance_name, "uniform"}, ChartFont::Body, frame.right - second - 36);
    if (chance.empty()) return;
    chart.add(ChartLine{{{second, y}, {second + 28, y}}, theme.text_3, 1.5, true});
    chart.add(ChartText{{second + 36, y}, chance, ChartFont::Body, TextAlign::Left, theme.text_2, false});
}

/// Panels side by side and one above the other. Where not all have room the last ones are left out, and
/// named.
struct Grid {
    std::size_t n_columns = 1;
    std::size_t n_rows = 1;
    double gap = kPanelGap;
};

Grid grid_for(std::size_t n_panels, double width, double height) {
    const auto fitting = [](double room, double least, double gap) {
        return std::max<std::size_t>(1, static_cast<std::size_t>(std::max(0.0, room + gap) / (least + gap)));
    };
    const std::size_t most_rows = fitting(height, kSmallestHeight, kRowGap);
    const std::size_t wide = fitting(width, kLeastWidth, kPanelGap) >= 2 && n_panels > 1 ? 2 : 1;
    Grid grid{.n_columns = wide, .n_rows = (n_panels + wide - 1) / wide};
    if (grid.n_rows > most_rows) {
        const std::size_t most_columns = fitting(width, kSmallestWidth, kSmallPanelGap);
        grid.n_columns = std::clamp((n_panels + most_rows - 1) / most_rows, std::size_t{1}, most_columns);
        grid.n_rows = std::min(most_rows, (n_panels + grid.n_columns - 1) / grid.n_columns);
        if (grid.n_columns > wide) grid.gap = kSmallPanelGap;
    }
    return grid;
}

/// Which panels are missing, or how many, in the line below the others.
void add_left_out(const CurveChartModel& model, std::size_t n_shown, const ChartFrame& frame,
                  const Theme& theme, Chart& chart) {
    const std::string count = "+" + std::to_string(model.panels.size() - n_shown);
    std::string names;
    for (std::size_t i = n_shown; i < model.panels.size(); ++i)
        names += (names.empty() ? "" : ", ") + model.panels[i].title;
    const std::string text = first_fitting(
        {count + ": " + names, count + " more, for which there is no room", count + " more", count},
        ChartFont::Body, frame.right - frame.left);
    chart.add(ChartText{{frame.left, frame.bottom + kLeftOutLine / 2}, text, ChartFont::Body, TextAlign::Left,
                        theme.text_3, false});
}

/// Height that the panels need to have numbers beside their curves, side by side where that is possible.
double height_with_numbers(const CurveChartModel& model, double width) {
    const std::size_t n_columns = width >= 2 * kLeastWidth + kPanelGap ? 2 : 1;
    const std::size_t n_rows = (model.panels.size() + n_columns - 1) / n_columns;
    return static_cast<double>(n_rows) * (kNumbersFrom + kRowGap);
}

}  // namespace

Chart curve_chart(const CurveChartModel& model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    ChartFrame frame = add_frame(chart, model.title, model.subtitle, model.caption, theme,
                                 std::max(kLeastContent, height_with_numbers(model, width)));
    if (model.panels.empty()) return chart;
    const double key_room = frame.bottom - frame.top;
    if (key_room >= kKeyFrom && frame.right - frame.left >= kLeastWidth / 2) {
        add_key(model, frame, theme, chart);
        frame.top += kKeyHeight;
    }
    Grid grid = grid_for(model.panels.size(), frame.right - frame.left, frame.bottom - frame.top);
    if (grid.n_columns * grid.n_rows < model.panels.size()) {
        frame.bottom = std::max(frame.top + 1, frame.bottom - kLeftOutLine);
        grid = grid_for(model.panels.size(), frame.right - frame.left, frame.bottom - frame.top);
        add_left_out(model, grid.n_columns * grid.n_rows, frame, theme, chart);
    }
    const double panel_width =
        (frame.right - frame.left - grid.gap * static_cast<double>(grid.n_columns - 1)) /
        static_cast<double>(grid.n_columns);
    const double panel_height = (frame.bottom - frame.top) / static_cast<double>(grid.n_rows);
    const std::size_t n_shown = std::min(model.panels.size(), grid.n_columns * grid.n_rows);
    const double row_gap = grid.n_rows > 1 ? kRowGap : 0;
    for (std::size_t index = 0; index < n_shown; ++index) {
        const double left =
            frame.left + static_cast<double>(index % grid.n_columns) * (panel_width + grid.gap);
        const double top = frame.top + static_cast<double>(index / grid.n_columns) * panel_height;
        add_panel(model, model.panels[index], {left, top, left + panel_width, top + panel_height - row_gap},
                  theme, chart);
    }
    return chart;
}

}  // namespace moe::render
