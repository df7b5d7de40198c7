#include "render/scene/curve_chart.h"

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"
#include "render/scene/chart_frame.h"
#include "render/scene/colormap.h"

namespace moe::render {
namespace {

constexpr double kPanelGap = 40;
constexpr double kRowGap = 12;
constexpr double kPanelTitle = 34;
constexpr double kNumbers = 44;  // width of the vertical axis' numbers
constexpr double kLayers = 40;   // height of the horizontal axis with its name
constexpr double kKeyHeight = 26;
constexpr double kLeastWidth = 300;  // of a panel beside another
constexpr std::size_t kMostTicks = 5;

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

std::vector<double> ticks_of(const CurvePanel& panel) {
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
    return round_ticks(low, std::max(high, low + 1e-9), kMostTicks);
}

void add_axes(const CurveChartModel& model, const std::vector<double>& ticks, const Plot& plot,
              const Theme& theme, Chart& chart) {
    const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1.0;
    for (const double tick : ticks) {
        const double y = std::round(plot.y(tick));
        chart.add(ChartRect{plot.left, y, plot.right - plot.left, 1,
                            tick == ticks.front() ? theme.border_strong : theme.border});
        chart.add(ChartText{{plot.left - 8, y},
                            tick_text(tick, step),
                            ChartFont::Digits,
                            TextAlign::Right,
                            theme.text_3,
                            false});
    }
    const double distance = plot.n_layers < 2 ? 100 : plot.x(1) - plot.x(0);
    for (std::size_t layer = 0; layer < plot.n_layers; layer += label_step(distance, 26)) {
        chart.add(ChartText{{plot.x(layer), plot.bottom + 13},
                            model.layer_names[layer],
                            ChartFont::Digits,
                            TextAlign::Center,
                            theme.text_3,
                            false});
    }
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
    const std::vector<double> ticks = ticks_of(panel);
    const Plot plot{.left = place.left + kNumbers,
                    .top = place.top + kPanelTitle,
                    .right = std::max(place.left + kNumbers + 1, place.right),
                    .bottom = std::max(place.top + kPanelTitle + 1, place.bottom - kLayers),
                    .low = ticks.front(),
                    .high = ticks.back(),
                    .n_layers = panel.values.size()};
    chart.add(ChartText{
        {place.left, place.top + 8}, panel.title, ChartFont::Heading, TextAlign::Left, theme.text_1, false});
    chart.add(ChartText{
        {place.right, place.top + 8}, panel.unit, ChartFont::Body, TextAlign::Right, theme.text_3, false});
    add_axes(model, ticks, plot, theme, chart);
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
    chart.add(ChartLine{{{second, y}, {second + 28, y}}, theme.text_3, 1.5, true});
    chart.add(ChartText{
        {second + 36, y}, model.chance_name, ChartFont::Body, TextAlign::Left, theme.text_2, false});
}

}  // namespace

Chart curve_chart(const CurveChartModel& model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    ChartFrame frame = add_frame(chart, model.title, model.subtitle, model.caption, theme);
    if (model.panels.empty()) return chart;
    add_key(model, frame, theme, chart);
    frame.top += kKeyHeight;
    const bool is_wide = frame.right - frame.left >= 2 * kLeastWidth + kPanelGap;
    const std::size_t n_columns = is_wide && model.panels.size() > 1 ? 2 : 1;
    const std::size_t n_rows = (model.panels.size() + n_columns - 1) / n_columns;
    const double panel_width = (frame.right - frame.left - kPanelGap * static_cast<double>(n_columns - 1)) /
                               static_cast<double>(n_columns);
    const double panel_height = (frame.bottom - frame.top) / static_cast<double>(n_rows);
    for (std::size_t index = 0; index < model.panels.size(); ++index) {
        const double left = frame.left + static_cast<double>(index % n_columns) * (panel_width + kPanelGap);
        const double top = frame.top + static_cast<double>(index / n_columns) * panel_height;
        add_panel(model, model.panels[index], {left, top, left + panel_width, top + panel_height - kRowGap},
                  theme, chart);
    }
    return chart;
}

}  // namespace moe::render
