#pragma once

#include <QStringList>

#include "app/docks/timeline_layout.h"
#include "app/docks/timeline_model.h"
#include "app/docks/timeline_series.h"

namespace moe::app {

/// What the timeline says: names, units, formulas and the numbers of a token. Borrows both.
class TimelineWords {
  public:
    TimelineWords(const TimelineModel& model, const TimelineSeries& series) : model_(model), series_(series) {}

    QString name(TimelineFigure figure) const;
    QString unit(TimelineFigure figure) const;
    /// Formula and source.
    QString explanation(TimelineFigure figure) const;
    /// Of all figures, and what lines, bands and dashes are.
    QString explanation() const;
    /// Why the run does not give the figure; empty where it does, or may yet.
    QString absence(TimelineFigure figure) const;
    std::vector<TimelineFigure> absent() const;

    /// What the figure is on average if routing were uniform; none where it has no such value.
    std::optional<double> if_uniform(TimelineFigure figure, std::size_t token) const;
    QString uniform_name(TimelineFigure figure) const;  ///< "if uniform", as that figure says it

    /// All that is known of a token, a line each figure.
    QStringList values_at(std::size_t token) const;

  private:
    QString value_line(TimelineFigure figure, std::size_t token) const;

    const TimelineModel& model_;
    const TimelineSeries& series_;
};

}  // namespace moe::app
