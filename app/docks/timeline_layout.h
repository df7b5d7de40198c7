#pragma once

#include <QRectF>
#include <array>
#include <vector>

#include "app/docks/dock_theme.h"
#include "app/docks/timeline_axis.h"

namespace moe::app {

/// What the timeline draws along the tokens, from the top.
enum class TimelineFigure { Density, Entropy, Overlap, Margin };
inline constexpr std::array kTimelineFigures{TimelineFigure::Density, TimelineFigure::Entropy, TimelineFigure::Overlap,
                                             TimelineFigure::Margin};

/// Where a figure is drawn.
struct TimelinePlace {
    TimelineFigure figure;
    QRectF rect;
    bool is_absent = false;  ///< the run does not give it: a lower track
};

/// Where the timeline's parts stand in the widget.
struct TimelineLayout {
    TimelineAxis axis;
    QRectF head;                        ///< over the tracks: the bracket of what is in view
    std::vector<TimelinePlace> tracks;  ///< in the order of kTimelineFigures; those that there is room for
    QRectF foot;                        ///< positions
};

/// `absent` are the figures that the run does not give. Where a view is too low for all tracks, those give way
/// first; then overlap, density and margin. Entropy always stays.
TimelineLayout timeline_layout(const QSizeF& size, std::size_t n_tokens, bool is_live,
                               const std::vector<TimelineFigure>& absent);

inline constexpr double kTimelineNames = 138;  ///< width of the names and scales
inline constexpr double kTimelineRight = 68;   ///< and of what uniform routing gives, beside the dashes

/// A position's number under the tracks.
struct TimelineLabel {
    QRectF box;  ///< as wide as the number
    QString text;
};
std::vector<TimelineLabel> timeline_labels(const TimelineLayout& layout, const DockTheme& theme);
QFont timeline_digits(const DockTheme& theme);

}  // namespace moe::app
