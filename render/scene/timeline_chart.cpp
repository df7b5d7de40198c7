#include "render/scene/timeline_chart.h"

#include <algorithm>
#include <cmath>

#include "render/scene/chart_frame.h"
#include "render/scene/token_label.h"

namespace moe::render {
namespace {

constexpr double kNames = 132;
constexpr double kFoot = 26;
constexpr double kTrackGap = 22;
constexpr double kTickDistance = 80;

/// The axis of tokens and the place of one track.
struct Plot {
    double left, right, top, bottom;
    std::size_t first, end, bin_tokens;
    double high = 1;

    double x(double token) const {
        return left + (right - left) * (token - static_cast<double>(first)) /
                          static_cast<double>(std::max<std::size_t>(1, end - first));
    }
    double bin_left(std::size_t bin) const { return x(static_cast<double>(first + bin * bin_tokens)); }
    double bin_right(std::size_t bin) const {
        return x(static_cast<double>(std::min(end, first + (bin + 1) * bin_tokens)));
    }
    double y(double value) const { return bottom - (bottom - top) * std::clamp(value / high, 0.0, 1.0); }
};

double highest(const TimelineTrackModel& track) {
    double high = 0;
    for (const auto& bin : track.bins) {
        if (bin) high = std::max(high, track.has_band ? bin->high : bin->mean);
    }
    return high > 0 ? high : 1;
}

void add_band(Chart& chart, const TimelineTrackModel& track, const Plot& plot, const Theme& theme) {
    for (std::size_t bin = 0; bin < track.bins.size(); ++bin) {
        if (!track.bins[bin]) continue;
        const double top = track.has_band ? plot.y(track.bins[bin]->high) : plot.y(track.bins[bin]->mean);
        const double bottom = track.has_band ? plot.y(track.bins[bin]->low) : plot.bottom;
        chart.add(ChartRect{plot.bin_left(bin), top, plot.bin_right(bin) - plot.bin_left(bin),
                            std::max(1.0, bottom - top), track.has_band ? theme.press : theme.bar});
    }
}

void add_mean(Chart& chart, const TimelineTrackModel& track, const Plot& plot, const Theme& theme) {
    ChartLine line{{}, theme.text_1, 1.25, false};
    for (std::size_t bin = 0; bin <= track.bins.size(); ++bin) {
        if (bin < track.bins.size() && track.bins[bin]) {
            line.points.push_back({(plot.bin_left(bin) + plot.bin_right(bin)) / 2, plot.y(track.bins[bin]->mean)});
            continue;
        }
        if (line.points.size() > 1) chart.add(line);
        line.points.clear();
    }
}

void add_track(Chart& chart, const TimelineTrackModel& track, Plot plot, double name_left, const Theme& theme) {
    chart.add(ChartText{{name_left, plot.top + 8}, track.name, ChartFont::Heading, TextAlign::Left, theme.text_1, false});
    chart.add(ChartText{{name_left, plot.top + 26}, track.unit, ChartFont::Body, TextAlign::Left, theme.text_3, false});
    chart.add(ChartRect{plot.left, plot.bottom, plot.right - plot.left, 1, theme.border_strong});
    if (!track.absent.empty()) {
        chart.add(ChartText{{plot.left + 8, (plot.top + plot.bottom) / 2}, track.absent, ChartFont::Body,
                            TextAlign::Left, theme.text_3, false});
        return;
    }
    const std::vector<double> ticks = round_ticks(0, highest(track), 2);
    plot.high = ticks.back();
    for (const double tick : ticks) {
        const double y = std::round(plot.y(tick));
        chart.add(ChartRect{plot.left, y, plot.right - plot.left, 1, theme.border});
        chart.add(ChartText{{plot.left - 8, y}, tick_text(tick, ticks[1] - ticks[0]), ChartFont::Digits,
                            TextAlign::Right, theme.text_3, false});
    }
    add_band(chart, track, plot, theme);
    if (track.has_band) add_mean(chart, track, plot, theme);
}

void add_axis(Chart& chart, const TimelineChartModel& model, const Plot& plot, double y, const Theme& theme) {
    const auto n_tokens = static_cast<double>(std::max<std::size_t>(1, model.end - model.first));
    const std::size_t step = label_step((plot.right - plot.left) / n_tokens, kTickDistance);
    for (std::size_t token = (model.first + step - 1) / step * step; token <= model.end; token += step) {
        chart.add(ChartText{{plot.x(static_cast<double>(token)), y}, with_thousands(token), ChartFont::Digits,
                            TextAlign::Center, theme.text_3, false});
    }
    if (model.end_of_prompt <= model.first || model.end_of_prompt >= model.end) return;
    const double x = plot.x(static_cast<double>(model.end_of_prompt));
    chart.add(ChartLine{{{x, plot.top}, {x, plot.bottom}}, theme.text_3, 1, true});
    chart.add(ChartText{{x + 6, plot.top - 8}, "generated", ChartFont::Body, TextAlign::Left, theme.text_3, false});
    if (x - plot.left > 60)
        chart.add(ChartText{{x - 6, plot.top - 8}, "prompt", ChartFont::Body, TextAlign::Right, theme.text_3, false});
}

}  // namespace

std::size_t timeline_bins(int width) {
    return static_cast<std::size_t>(std::max(16.0, (width - kNames - 100) / 2.0));
}

Chart timeline_chart(const TimelineChartModel& model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    ChartFrame frame = add_frame(chart, model.title, model.subtitle, model.caption, theme);
    if (model.tracks.empty()) return chart;
    frame.top += 16;  // prompt and generated
    const double left = std::min(frame.left + kNames, frame.right - 1);
    const double bottom = std::max(frame.top + 1, frame.bottom - kFoot);
    const double track_height = (bottom - frame.top) / static_cast<double>(model.tracks.size());
    Plot plot{left, frame.right, frame.top, bottom, model.first, model.end, std::max<std::size_t>(1, model.bin_tokens)};
    add_axis(chart, model, plot, bottom + 14, theme);
    for (std::size_t track = 0; track < model.tracks.size(); ++track) {
        Plot place = plot;
        place.top = frame.top + static_cast<double>(track) * track_height;
        place.bottom = std::max(place.top + 1, place.top + track_height - kTrackGap);
        add_track(chart, model.tracks[track], place, frame.left, theme);
    }
    return chart;
}

}  // namespace moe::render
