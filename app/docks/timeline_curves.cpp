#include "app/docks/timeline_curves.h"

#include <algorithm>
#include <cmath>

#include "app/docks/token_display.h"
#include "engine/stats/recent_load.h"
#include "engine/stats/token_density.h"

namespace moe::app {

namespace {

constexpr double kScaleWidth = 44;     // of the numbers beside a track
constexpr double kTwoNumbersFrom = 18;  // height of a track with a number at both ends
constexpr double kUniformWordsFrom = 20;  // and with words before the number at its dashes
constexpr double kBarWidthMax = 6;

double pixel_from_value(const QRectF& track, double low, double high, double value) {
    const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return track.bottom() - share * track.height();
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `value`.
double round_up(double value) {
    if (value <= 0) return 1;
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (value <= factor * power) return factor * power;
    }
    return 10 * power;
}

/// A round number from which a scale of shares may begin.
double round_down(double share) {
    double low = 0;
    for (const double step : {0.2, 0.4, 0.6, 0.8, 0.9, 0.95}) {
        if (step <= share) low = step;
    }
    return low;
}

/// As many as a round number needs.
int decimals_of(double value) {
    int decimals = 0;
    for (double scaled = value; decimals < 4 && std::abs(scaled - std::round(scaled)) > 1e-6; scaled *= 10) ++decimals;
    return decimals;
}

/// Thousands are grouped.
QString number_text(double value, int decimals) {
    return decimals == 0 && value >= 1000 ? grouped(static_cast<std::size_t>(value))
                                          : fixed_number(value, decimals);
}

/// Between two curves with the same abscissas, ascending: a pixel of the device at a time, which costs a
/// tenth of one large polygon.
void fill_between(QPainter& painter, const QPolygonF& highs, const QPolygonF& lows, const QColor& color) {
    const double pixel = 1 / painter.device()->devicePixelRatioF();
    const auto y_at = [](const QPointF& from, const QPointF& to, double x) {
        return from.y() + (to.y() - from.y()) * (x - from.x()) / (to.x() - from.x());
    };
    for (qsizetype i = 0; i + 1 < highs.size(); ++i) {
        const double end = highs[i + 1].x();
        for (double x = std::ceil(highs[i].x() / pixel) * pixel; x < end; x += pixel) {
            const double top = y_at(highs[i], highs[i + 1], x);
            painter.fillRect(QRectF(x, top, pixel, y_at(lows[i], lows[i + 1], x) - top), color);
        }
    }
}

/// As a polyline of an opaque colour, segment by segment: thirty times as fast where it goes up and down.
void draw_curve(QPainter& painter, const QPolygonF& points, const QPen& pen) {
    painter.setPen(pen);
    for (qsizetype i = 0; i + 1 < points.size(); ++i) painter.drawLine(points[i], points[i + 1]);
}

QColor faded(QColor color, double share) {
    color.setAlphaF(static_cast<float>(share));
    return color;
}

}  // namespace

TimelineCurves::TimelineCurves(const TimelineLayout& layout, const TimelineModel& model,
                               const TimelineSeries& series, const DockTheme& theme)
    : layout_(layout),
      model_(model),
      series_(series),
      theme_(theme),
      words_(model, series),
      columns_(timeline_columns(layout.axis, model.trace.n_tokens())) {}

void TimelineCurves::paint(QPainter& painter) const {
    painter.setRenderHint(QPainter::Antialiasing);
    for (const TimelinePlace& place : layout_.tracks) {
        if (place.is_absent) {
            paint_absent(painter, place);
        } else if (place.figure == TimelineFigure::Density) {
            paint_density(painter, place);
        } else if (place.figure == TimelineFigure::Entropy) {
            paint_figure(painter, place, series_.entropy(), series_.layer_entropy());
        } else if (place.figure == TimelineFigure::Overlap) {
            paint_figure(painter, place, series_.overlap(), series_.layer_overlap());
        } else {
            paint_figure(painter, place, series_.margin(), series_.layer_margin());
        }
    }
    paint_positions(painter);
}

void TimelineCurves::paint_names(QPainter& painter) const {
    for (const TimelinePlace& place : layout_.tracks) paint_name(painter, place, {.is_known = false});
}

void TimelineCurves::paint_name(QPainter& painter, const TimelinePlace& place, const Scale& scale) const {
    const QRectF& track = place.rect;
    const QRectF names(12, track.top() - 3, kTimelineNames - kScaleWidth - 2, track.height() + 6);
    const bool is_line = track.height() < 15 || place.is_absent;  // one line, as high as it is
    painter.setFont(track.height() < 15 ? theme_.caption : theme_.body);
    painter.setPen(theme_.text_2);
    painter.drawText(names, (is_line ? Qt::AlignVCenter : Qt::AlignTop) | Qt::AlignLeft | Qt::TextDontClip,
                     words_.name(place.figure));
    painter.setFont(theme_.caption);
    painter.setPen(theme_.text_3);
    if (const double top = track.height() >= 28 ? 17 : 14; !is_line)
        painter.drawText(names.adjusted(0, top, 0, 0), Qt::AlignTop | Qt::AlignLeft | Qt::TextDontClip,
                         words_.unit(place.figure));
    painter.setFont(timeline_digits(theme_));
    const QRectF numbers(kTimelineNames - kScaleWidth, track.top() - 4, kScaleWidth - 8, track.height() + 8);
    if (scale.is_known)
        painter.drawText(numbers, Qt::AlignTop | Qt::AlignRight, number_text(scale.high, scale.high_decimals));
    if (scale.is_known && track.height() >= kTwoNumbersFrom)
        painter.drawText(numbers, Qt::AlignBottom | Qt::AlignRight, fixed_number(scale.low, scale.low_decimals));
    painter.setPen(theme_.border);
    painter.drawLine(QPointF(track.left(), track.bottom() + 0.5),
                     QPointF(track.right(), track.bottom() + 0.5));
}

// A figure that the source lacks keeps its place.
void TimelineCurves::paint_absent(QPainter& painter, const TimelinePlace& place) const {
    paint_name(painter, place, {.is_known = false});
    painter.fillRect(place.rect, QBrush(theme_.border, Qt::BDiagPattern));
    painter.setFont(theme_.caption);
    const QString reason = painter.fontMetrics().elidedText(words_.absence(place.figure), Qt::ElideRight,
                                                            static_cast<int>(place.rect.width()) - 16);
    const QRectF text = painter.fontMetrics().boundingRect(reason).toRectF();
    QRectF box(0, 0, text.width() + 16, text.height() + 4);
    box.moveCenter(place.rect.center());
    painter.fillRect(box, theme_.surface);
    painter.setPen(theme_.text_3);
    painter.drawText(box, Qt::AlignCenter, reason);
}

void TimelineCurves::paint_density(QPainter& painter, const TimelinePlace& place) const {
    const QRectF& track = place.rect;
    std::vector<std::optional<double>> values;
    for (const TimelineColumn& column : columns_)
        values.push_back(token_density(model_.trace, column.first, column.end));
    const double high = density_scale_end(values);
    const Scale scale{.low = 0, .high = round_up(high), .is_known = high > 0};
    paint_name(painter, place, scale);
    const double room = layout_.axis.width / static_cast<double>(layout_.axis.n_places);
    const double bar_width = std::clamp(room - 1, 1.0, kBarWidthMax);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const bool is_prompt = model_.trace.token(columns_[i].end - 1).phase == Phase::Prefill;
        const double top =
            is_prompt ? track.top() : pixel_from_value(track, 0, scale.high, values[i].value_or(0));
        const QRectF bar(columns_[i].center - bar_width / 2, top, bar_width, track.bottom() - top);
        painter.fillRect(bar, is_prompt ? faded(theme_.bar, 0.35) : theme_.bar);
    }
}

bool TimelineCurves::is_too_early(TimelineFigure figure, const TimelineColumn& column) const {
    return figure == TimelineFigure::Entropy && !series_.has_scores() &&
           column.first < first_with_recent_tokens(model_.trace.n_tokens());
}

TimelineCurves::Columns TimelineCurves::columns_of(TimelineFigure figure, const TimelineTrack& all,
                                                   const TimelineTrack& one) const {
    const auto over = [&](const TimelineTrack& track, const TimelineColumn& column) {
        const std::size_t end = std::min(column.end, track.n_tokens());
        return column.first < end && !is_too_early(figure, column) ? track.over(column.first, end) : Spread{};
    };
    Columns columns;
    for (const TimelineColumn& column : columns_) {
        columns.all.push_back(over(all, column));
        columns.one.push_back(over(one, column));
    }
    return columns;
}

// Lines are always whole. The scale of the routers' entropy is always the same, and a margin's holds its band.
TimelineCurves::Scale TimelineCurves::scale_of(TimelineFigure figure, const Columns& columns) const {
    double lowest = 1, highest = 0, largest = 0;
    for (const std::vector<Spread>* spreads : {&columns.all, &columns.one}) {
        for (const Spread& spread : *spreads) {
            if (spread.count == 0) continue;
            lowest = std::min(lowest, static_cast<double>(spread.mean()));
            highest = std::max(highest, static_cast<double>(spread.mean()));
            largest = std::max(largest, static_cast<double>(spread.high));
        }
    }
    Scale scale;
    if (figure == TimelineFigure::Entropy && !series_.has_scores()) scale.low = round_down(lowest);
    if (figure == TimelineFigure::Overlap)
        scale.high = round_up(std::max(highest, words_.if_uniform(figure, 0).value_or(0)));
    if (figure == TimelineFigure::Margin) scale.high = round_up(largest);
    scale.low_decimals = decimals_of(scale.low);
    scale.high_decimals = decimals_of(scale.high);
    return scale;
}

void TimelineCurves::paint_figure(QPainter& painter, const TimelinePlace& place, const TimelineTrack& all,
                                  const TimelineTrack& one) const {
    const Columns columns = columns_of(place.figure, all, one);
    const Scale scale = scale_of(place.figure, columns);
    paint_name(painter, place, scale);
    const auto y_of = [&](float value) {
        return pixel_from_value(place.rect, scale.low, scale.high, static_cast<double>(value));
    };
    QPolygonF highs, lows, means, line;
    std::vector<QRectF> heights;  // of the one layer, where tokens share a pixel
    // Some token of a few always keeps no expert, and some layer many: that says nothing.
    const bool has_band = place.figure != TimelineFigure::Overlap || columns_.size() == model_.trace.n_tokens();
    const double column_width = columns_.size() > 1 ? columns_[1].center - columns_[0].center : 1;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const double center = columns_[i].center;
        if (const Spread& spread = columns.all[i]; spread.count > 0) {
            highs << QPointF(center, y_of(spread.high));
            lows << QPointF(center, y_of(spread.low));
            means << QPointF(center, y_of(spread.mean()));
        }
        const Spread& spread = columns.one[i];
        if (spread.count == 0) continue;
        line << QPointF(center, y_of(spread.mean()));
        const double top = y_of(spread.high);
        if (spread.high > spread.low)
            heights.emplace_back(center - column_width / 2, top, column_width, y_of(spread.low) - top);
    }
    if (has_band) fill_between(painter, highs, lows, faded(theme_.bar, 0.30));
    for (const QRectF& height : heights) {
        if (has_band) painter.fillRect(height, faded(theme_.accent, 0.5));
    }
    paint_uniform(painter, place, scale);
    draw_curve(painter, line, QPen(theme_.accent, 1.2));
    draw_curve(painter, means, QPen(theme_.text_1, 1.4));
}

// Dashes at what uniform routing would give. It rises where the first tokens have few before them.
void TimelineCurves::paint_uniform(QPainter& painter, const TimelinePlace& place, const Scale& scale) const {
    const std::optional<double> value = words_.if_uniform(place.figure, model_.trace.n_tokens() - 1);
    if (!value) return;
    const QRectF& track = place.rect;
    const auto y_of = [&](double share) { return pixel_from_value(track, scale.low, scale.high, share); };
    QPolygonF points;
    for (const TimelineColumn& column : columns_) {
        if (column.first >= kRecentTokens || is_too_early(place.figure, column)) break;
        double sum = 0;
        for (std::size_t token = column.first; token < column.end; ++token)
            sum += words_.if_uniform(place.figure, std::min(token, kRecentTokens)).value_or(*value);
        points << QPointF(column.center, y_of(sum / static_cast<double>(column.end - column.first)));
    }
    if (points.isEmpty()) points << QPointF(track.left(), y_of(*value));
    points << QPointF(track.right() + 4, y_of(*value));
    painter.setPen(QPen(theme_.text_2, 1, Qt::DashLine));
    painter.drawPolyline(points);
    const bool has_words = track.height() >= kUniformWordsFrom;
    const double half = has_words ? 13 : 7;
    const double middle = std::clamp(y_of(*value), track.top() + half - 4, std::max(track.top(), track.bottom() + 4 - half));
    QRectF line(track.right() + 8, middle - half, kTimelineRight - 8, has_words ? half : 2 * half);
    painter.setPen(theme_.text_3);
    if (has_words) {
        painter.setFont(theme_.caption);
        painter.drawText(line, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip, words_.uniform_name(place.figure));
        line.translate(0, half);
    }
    painter.setFont(timeline_digits(theme_));
    painter.drawText(line, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip, fixed_number(*value, 3));
}

void TimelineCurves::paint_positions(QPainter& painter) const {
    painter.setFont(timeline_digits(theme_));
    painter.setPen(theme_.text_3);
    for (const TimelineLabel& label : timeline_labels(layout_, theme_))
        painter.drawText(label.box, Qt::AlignCenter | Qt::TextDontClip, label.text);
}

}  // namespace moe::app
