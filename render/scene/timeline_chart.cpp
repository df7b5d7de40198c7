#include "render/scene/timeline_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "render/scene/chart_frame.h"
#include "render/scene/text_width.h"
#include "render/scene/token_label.h"

namespace moe::render {
namespace {

constexpr double kNames = 132;      // usual width of names and numbers
constexpr double kWords = 16;       // height of what stands above: prompt and generated
constexpr double kHalfNumber = 6;   // what the first track's highest number needs above it
constexpr double kFoot = 26;        // of the tokens' numbers
constexpr double kTickDistance = 80;
constexpr double kNumberGap = 8;
constexpr double kNameGap = 12;
constexpr double kLeastPlot = 200;  // width that names beside a plot leave to it
constexpr double kLeastPlotWithNumbers = 90;
constexpr double kNamesFrom = 110;  // width of the picture's content
constexpr double kShortNames = 0.45;  // of that width, at most
constexpr double kTwoSteps = 26;    // height of a plot with a number in the middle
constexpr double kAbsentFrom = 14;

enum class Names { Beside, Above, Left, Nowhere };  // Left: beside, and cut

/// What tracks have room for.
struct Parts {
    Names names = Names::Nowhere;
    bool has_words = false;
    bool has_units = false;
    bool has_numbers = false;
    bool has_axis = false;
    double gap = 2;         ///< between tracks
    double least_plot = 0;  ///< height of a plot from which on the parts are worth it

    double head() const {
        return has_words ? kWords : has_numbers && names == Names::Beside ? kHalfNumber : 0;
    }
    double foot() const { return has_axis ? kFoot : 0; }
    double name_row() const { return names != Names::Above ? 0 : has_numbers ? 22 : 18; }
    double plot_height(std::size_t n_tracks, double height) const {
        return (height - head() - foot() + gap) / static_cast<double>(n_tracks) - gap - name_row();
    }
};

// From all parts to none.
constexpr std::array<Parts, 6> kWide{{
    {Names::Beside, true, true, true, true, 22, 36},
    {Names::Beside, true, false, true, true, 14, 26},
    {Names::Beside, false, false, true, true, 12, 16},
    {Names::Beside, false, false, false, true, 6, 10},
    {Names::Beside, false, false, false, false, 4, 11},
    {}}};
constexpr std::array<Parts, 6> kNarrow{{
    {Names::Above, true, true, true, true, 10, 40},
    {Names::Above, false, true, true, true, 10, 20},
    {Names::Above, false, true, false, true, 8, 14},
    {Names::Left, false, false, false, true, 6, 10},
    {Names::Left, false, false, false, false, 4, 11},
    {}}};

/// The axis of tokens and the place of one track.
struct Plot {
    double left, right, top, bottom;
    std::size_t first, end, bin_tokens;
    double low = 0;
    double high = 1;
    std::size_t end_of_prompt = 0;

    double x(double token) const {
        return left + (right - left) * (token - static_cast<double>(first)) /
                          static_cast<double>(std::max<std::size_t>(1, end - first));
    }
    double bin_left(std::size_t bin) const { return x(static_cast<double>(first + bin * bin_tokens)); }
    double bin_right(std::size_t bin) const {
        return x(static_cast<double>(std::min(end, first + (bin + 1) * bin_tokens)));
    }
    double y(double value) const { return bottom - (bottom - top) * std::clamp((value - low) / (high - low), 0.0, 1.0); }
    bool has_end_of_prompt() const { return end_of_prompt > first && end_of_prompt < end; }
};

/// Least and greatest of what is drawn.
struct Extent {
    double low = std::numeric_limits<double>::infinity();
    double high = 0;

    void add(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

Extent extent_of(const TimelineTrackModel& track) {
    Extent extent;
    for (const auto& bin : track.bins) {
        if (!bin) continue;
        extent.add(track.has_band ? bin->low : bin->mean);
        extent.add(track.has_band ? bin->high : bin->mean);
    }
    for (const auto& value : track.if_uniform) {
        if (value) extent.add(*value);
    }
    if (track.starts_at_zero || extent.low > extent.high) extent.low = 0;
    if (extent.high <= extent.low) extent.high = extent.low + 1;
    if (track.scale_end > 0) extent.high = track.scale_end;
    return extent;
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
            line.points.push_back(
                {(plot.bin_left(bin) + plot.bin_right(bin)) / 2, plot.y(track.bins[bin]->mean)});
            continue;
        }
        if (line.points.size() > 1) chart.add(line);
        line.points.clear();
    }
}

/// One line as long as nothing changes.
void add_if_uniform(Chart& chart, const TimelineTrackModel& track, const Plot& plot, const Theme& theme) {
    ChartLine line{{}, theme.text_2, 1, true};
    for (std::size_t bin = 0; bin < track.if_uniform.size(); ++bin) {
        const std::optional<double>& value = track.if_uniform[bin];
        if (!value) continue;
        const double y = plot.y(*value);
        const bool is_last = bin + 1 == track.if_uniform.size();
        if (line.points.empty()) line.points.push_back({plot.bin_left(bin), y});
        if (bin > 0 && track.if_uniform[bin - 1] != value)
            line.points.push_back({(plot.bin_left(bin) + plot.bin_right(bin)) / 2, y});
        if (is_last) line.points.push_back({plot.bin_right(bin), y});
    }
    if (line.points.size() > 1) chart.add(line);
}

std::vector<double> ticks_of(const TimelineTrackModel& track, double height) {
    const Extent extent = extent_of(track);
    return round_ticks(extent.low, extent.high, height >= kTwoSteps ? 2 : 1);
}

/// Width of the numbers with what is between them and the plot.
double numbers_width(const TimelineChartModel& model) {
    double width = 0;
    for (const TimelineTrackModel& track : model.tracks) {
        if (!track.absent.empty()) continue;
        for (const double height : {0.0, kTwoSteps}) {
            const std::vector<double> ticks = ticks_of(track, height);
            for (const double tick : ticks)
                width = std::max(width, text_width(tick_text(tick, ticks[1] - ticks[0]), ChartFont::Digits));
        }
    }
    return width + kNumberGap;
}

double names_width(const TimelineChartModel& model) {
    double width = 0;
    for (const TimelineTrackModel& track : model.tracks)
        width = std::max(
            {width, text_width(track.name, ChartFont::Heading), text_width(track.unit, ChartFont::Body)});
    return width + kNameGap;
}

/// The parts, and the width that is left of the plots.
struct Arrangement {
    Parts parts;
    double names = 0;
    double numbers = 0;
};

Arrangement arrangement_in(const TimelineChartModel& model, double width, double height) {
    const double numbers = numbers_width(model);
    const double names = std::max(kNames - numbers, names_width(model));
    const bool is_wide = width - names - numbers >= kLeastPlot;
    for (Parts parts : is_wide ? kWide : kNarrow) {
        if (parts.names != Names::Nowhere && width < kNamesFrom) continue;
        if (!is_wide && width - numbers < kLeastPlotWithNumbers) parts.has_numbers = false;
        if (parts.plot_height(model.tracks.size(), height) < parts.least_plot) continue;
        const double names_here = parts.names == Names::Beside ? names
                                  : parts.names == Names::Left
                                      ? std::min(names_width(model), kShortNames * width)
                                      : 0;
        return {parts, names_here, parts.has_numbers ? numbers : 0};
    }
    return {};
}

void add_name(Chart& chart, const TimelineTrackModel& track, const Plot& plot, const Arrangement& arrangement,
              double left, const Theme& theme) {
    const Parts& parts = arrangement.parts;
    if (parts.names == Names::Nowhere) return;
    const auto add = [&](double x, double y, const std::string& text, ChartFont font, Color color) {
        chart.add(ChartText{{x, y}, text, font, TextAlign::Left, color, false});
    };
    if (parts.names == Names::Above) {
        const double y = plot.top - parts.name_row() + 8;
        const std::string name = text_cut(track.name, ChartFont::Heading, plot.right - left);
        const double unit_left = left + text_width(name, ChartFont::Heading) + kNameGap;
        add(left, y, name, ChartFont::Heading, theme.text_1);
        add(unit_left, y, first_fitting({track.unit}, ChartFont::Body, plot.right - unit_left),
            ChartFont::Body, theme.text_3);
        return;
    }
    const double y = plot.top + std::min(8.0, (plot.bottom - plot.top) / 2);
    add(left, y, text_cut(track.name, ChartFont::Heading, arrangement.names - kNameGap), ChartFont::Heading,
        theme.text_1);
    if (parts.has_units) add(left, y + 18, track.unit, ChartFont::Body, theme.text_3);
}

void add_track(Chart& chart, const TimelineTrackModel& track, Plot plot, const Arrangement& arrangement,
               const Theme& theme) {
    chart.add(ChartRect{plot.left, plot.bottom, plot.right - plot.left, 1, theme.border_strong});
    if (!track.absent.empty()) {
        if (plot.bottom - plot.top < kAbsentFrom) return;
        chart.add(ChartText{{plot.left + 8, (plot.top + plot.bottom) / 2},
                            text_cut(track.absent, ChartFont::Body, plot.right - plot.left - 8),
                            ChartFont::Body,
                            TextAlign::Left,
                            theme.text_3,
                            false});
        return;
    }
    const std::vector<double> ticks = ticks_of(track, plot.bottom - plot.top);
    plot.low = ticks.front();
    plot.high = ticks.back();
    for (const double tick : ticks) {
        const double y = std::round(plot.y(tick));
        chart.add(ChartRect{plot.left, y, plot.right - plot.left, 1, theme.border});
        if (!arrangement.parts.has_numbers) continue;
        chart.add(ChartText{{plot.left - kNumberGap, y},
                            tick_text(tick, ticks[1] - ticks[0]),
                            ChartFont::Digits,
                            TextAlign::Right,
                            theme.text_3,
                            false});
    }
    add_band(chart, track, plot, theme);
    add_if_uniform(chart, track, plot, theme);
    if (track.has_band) add_mean(chart, track, plot, theme);
}

/// The tokens' numbers; those at the ends stay within `left` and the plot's right edge.
void add_axis(Chart& chart, const TimelineChartModel& model, const Plot& plot, double left,
              const Theme& theme) {
    const auto n_tokens = static_cast<double>(std::max<std::size_t>(1, model.end - model.first));
    const double widest = text_width(with_thousands(model.end), ChartFont::Digits);
    const double width = plot.right - plot.left;
    const double distance = std::max(std::min(kTickDistance, width / 3), 2 * widest + kNumberGap);
    const std::size_t step = label_step(width / n_tokens, distance);
    for (std::size_t token = (model.first + step - 1) / step * step; token <= model.end; token += step) {
        const std::string number = with_thousands(token);
        const double half = text_width(number, ChartFont::Digits) / 2;
        if (2 * half > plot.right - left) continue;
        const double x = std::clamp(plot.x(static_cast<double>(token)), left + half, plot.right - half);
        chart.add(ChartText{
            {x, plot.bottom + 14}, number, ChartFont::Digits, TextAlign::Center, theme.text_3, false});
    }
}

/// Above the first track, on both sides of the line between them.
void add_words(Chart& chart, const Plot& plot, double y, const Theme& theme) {
    const double x = plot.x(static_cast<double>(plot.end_of_prompt));
    const auto word = [](const char* text, double room) {
        return first_fitting({text}, ChartFont::Body, room);
    };
    chart.add(ChartText{{x + 6, y},
                        word("generated", plot.right - x - 6),
                        ChartFont::Body,
                        TextAlign::Left,
                        theme.text_3,
                        false});
    chart.add(ChartText{{x - 6, y},
                        word("prompt", x - 6 - plot.left),
                        ChartFont::Body,
                        TextAlign::Right,
                        theme.text_3,
                        false});
}

}  // namespace

std::size_t timeline_bins(int width) {
    return static_cast<std::size_t>(std::max(16.0, (width - kNames - 100) / 2.0));
}

Chart timeline_chart(const TimelineChartModel& model, int width, int height, const Theme& theme) {
    Chart chart = empty_chart(model.title, width, height, theme);
    const ChartFrame frame = add_frame(chart, model.title, model.subtitle, model.caption, theme);
    if (model.tracks.empty()) return chart;
    const Arrangement arrangement = arrangement_in(model, frame.right - frame.left, frame.bottom - frame.top);
    const Parts& parts = arrangement.parts;
    const double left = std::min(frame.left + arrangement.names + arrangement.numbers, frame.right - 1);
    const double plot_height =
        std::max(1.0, parts.plot_height(model.tracks.size(), frame.bottom - frame.top));
    Plot plot{.left = left,
              .right = frame.right,
              .top = frame.top + parts.head(),
              .bottom = 0,
              .first = model.first,
              .end = model.end,
              .bin_tokens = std::max<std::size_t>(1, model.bin_tokens),
              .end_of_prompt = model.end_of_prompt};
    if (parts.has_words && plot.has_end_of_prompt()) add_words(chart, plot, frame.top + kWords / 2, theme);
    for (const TimelineTrackModel& track : model.tracks) {
        plot.top += parts.name_row();
        plot.bottom = plot.top + plot_height;
        add_name(chart, track, plot, arrangement, frame.left, theme);
        add_track(chart, track, plot, arrangement, theme);
        if (plot.has_end_of_prompt()) {
            const double x = plot.x(static_cast<double>(model.end_of_prompt));
            const double above =
                parts.names == Names::Above || &track == &model.tracks.front() ? 0 : parts.gap;
            chart.add(ChartLine{{{x, plot.top - above}, {x, plot.bottom}}, theme.text_3, 1, true});
        }
        if (parts.has_axis && &track == &model.tracks.back()) add_axis(chart, model, plot, frame.left, theme);
        plot.top = plot.bottom + parts.gap;
    }
    return chart;
}

}  // namespace moe::render
