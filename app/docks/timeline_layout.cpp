#include "app/docks/timeline_layout.h"

#include <QFontMetricsF>
#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr double kHead = 22;
constexpr double kFoot = 18;
constexpr double kGap = 9;            // between tracks
constexpr double kTrackHeight = 20;   // at least: a name and its unit
constexpr double kAbsentHeight = 16;  // at most: one line
constexpr double kDensityShare = 0.85;  // of a curve's height: bars are read from further away
constexpr double kTickPixels = 72;

// From the one that stays to the one that gives way first.
constexpr std::array kByImportance{TimelineFigure::Entropy, TimelineFigure::Margin, TimelineFigure::Density,
                                   TimelineFigure::Overlap};

std::vector<TimelinePlace> places_for(double height, const std::vector<TimelineFigure>& absent) {
    std::vector<TimelinePlace> places;
    for (const TimelineFigure figure : kByImportance)
        places.push_back(
            {.figure = figure, .rect = {}, .is_absent = std::ranges::find(absent, figure) != absent.end()});
    std::ranges::stable_partition(places, [](const TimelinePlace& place) { return !place.is_absent; });
    const double fitting = std::floor((height + kGap) / (kTrackHeight + kGap));
    places.resize(static_cast<std::size_t>(std::clamp(fitting, 1.0, static_cast<double>(places.size()))));
    std::ranges::sort(places, {}, &TimelinePlace::figure);
    return places;
}

}  // namespace

TimelineLayout timeline_layout(const QSizeF& size, std::size_t n_tokens, bool is_live,
                               const std::vector<TimelineFigure>& absent) {
    TimelineLayout layout;
    const double width = std::max(1.0, size.width() - kTimelineNames - kTimelineRight);
    layout.axis = {.left = kTimelineNames, .width = width, .n_places = timeline_places(n_tokens, is_live)};
    layout.head = {kTimelineNames, 0, width, kHead};
    layout.foot = {kTimelineNames, size.height() - kFoot, width, kFoot};
    const double height = size.height() - kHead - kFoot - 4;
    layout.tracks = places_for(height, absent);
    double room = height - kGap * static_cast<double>(layout.tracks.size() - 1);
    const double equal = std::max(1.0, room / static_cast<double>(layout.tracks.size()));
    double shares = 0;
    const auto share_of = [](const TimelinePlace& place) {
        return place.figure == TimelineFigure::Density ? kDensityShare : 1.0;
    };
    const double absent_height = std::min(kAbsentHeight, equal);
    for (const TimelinePlace& place : layout.tracks) {
        place.is_absent ? room -= absent_height : shares += share_of(place);
    }
    double top = kHead + 2;
    for (TimelinePlace& place : layout.tracks) {
        const double shared = std::max(1.0, room * share_of(place) / std::max(shares, 1e-9));
        place.rect = {kTimelineNames, top, width, place.is_absent ? absent_height : shared};
        top += place.rect.height() + kGap;
    }
    return layout;
}

QFont timeline_digits(const DockTheme& theme) {
    QFont digits = theme.mono;
    digits.setPixelSize(10);
    return digits;
}

std::vector<TimelineLabel> timeline_labels(const TimelineLayout& layout, const DockTheme& theme) {
    const QFontMetricsF metrics(timeline_digits(theme));
    std::vector<TimelineLabel> labels;
    for (const std::size_t tick : timeline_ticks(layout.axis, kTickPixels)) {
        const QString text = grouped(tick);
        const double width = metrics.horizontalAdvance(text);
        const double x = layout.axis.pixel_from_token(static_cast<double>(tick));
        labels.push_back(
            {.box = {x - width / 2, layout.foot.top(), width, layout.foot.height()}, .text = text});
    }
    return labels;
}

}  // namespace moe::app
