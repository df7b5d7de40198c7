#pragma once

#include <QPainter>

#include "app/docks/timeline_words.h"

namespace moe::app {

/// Draws the tracks with their names and scales: the part that does not change with the cursor.
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
        int low_decimals = 0;
        int high_decimals = 0;
        bool is_known = true;  ///< else there are no numbers beside the track
    };
    /// A figure column by column, over all layers and of the selected one; count is 0 where it is unknown.
    struct Columns {
        std::vector<Spread> all, one;
    };
    bool is_too_early(TimelineFigure figure, const TimelineColumn& column) const;
    Columns columns_of(TimelineFigure figure, const TimelineTrack& all, const TimelineTrack& one) const;
    Scale scale_of(TimelineFigure figure, const Columns& columns) const;
    void paint_name(QPainter& painter, const TimelinePlace& place, const Scale& scale) const;
    void paint_absent(QPainter& painter, const TimelinePlace& place) const;
    void paint_density(QPainter& painter, const TimelinePlace& place) const;
    void paint_figure(QPainter& painter, const TimelinePlace& place, const TimelineTrack& all,
                      const TimelineTrack& one) const;
    void paint_uniform(QPainter& painter, const TimelinePlace& place, const Scale& scale) const;
    void paint_positions(QPainter& painter) const;

    const TimelineLayout& layout_;
    const TimelineModel& model_;
    const TimelineSeries& series_;
    const DockTheme& theme_;
    TimelineWords words_;
    std::vector<TimelineColumn> columns_;
};

}  // namespace moe::app
