#pragma once

#include <QPainter>
#include <array>

#include "app/docks/dock_theme.h"
#include "app/docks/timeline_axis.h"
#include "app/docks/timeline_model.h"
#include "app/docks/timeline_series.h"

namespace moe::app {

/// Where the timeline's parts stand in the widget.
struct TimelineLayout {
    TimelineAxis axis;
    QRectF head;                   ///< over the tracks: the bracket of what is in view
    std::array<QRectF, 3> tracks;  ///< density, entropy, margin
    QRectF foot;                   ///< positions
};

TimelineLayout timeline_layout(const QSizeF& size, std::size_t n_tokens, bool is_live);

/// A position's number under the tracks.
struct TimelineLabel {
    QRectF box;  ///< as wide as the number
    QString text;
};
std::vector<TimelineLabel> timeline_labels(const TimelineLayout& layout, const DockTheme& theme);
QFont timeline_digits(const DockTheme& theme);

/// Draws the three curves with their names and scales: the part that does not change with the cursor.
class TimelineCurves {
  public:
    TimelineCurves(const TimelineLayout& layout, const TimelineModel& model, const TimelineSeries& series,
                   const DockTheme& theme);
    void paint(QPainter& painter) const;
    /// The names and the lines that the curves will stand on, before there is a token.
    void paint_names(QPainter& painter) const;

  private:
    struct Scale {
        double low = 0;
        double high = 1;
        int decimals = 1;
        bool is_known = true;  ///< else there are no numbers beside the track
    };
    void paint_name(QPainter& painter, const QRectF& track, const QString& name, const QString& unit,
                    const Scale& scale) const;
    void paint_absent(QPainter& painter, const QRectF& track, const QString& reason) const;
    void paint_density(QPainter& painter) const;
    void paint_figure(QPainter& painter, const QRectF& track, const TimelineTrack& all,
                      const TimelineTrack& one, const Scale& scale) const;
    void paint_positions(QPainter& painter) const;
    Scale margin_scale() const;

    const TimelineLayout& layout_;
    const TimelineModel& model_;
    const TimelineSeries& series_;
    const DockTheme& theme_;
    std::vector<TimelineColumn> columns_;
};

}  // namespace moe::app
