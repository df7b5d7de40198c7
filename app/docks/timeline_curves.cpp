#include "app/docks/timeline_curves.h"

#include <QObject>
#include <algorithm>
#include <cmath>

#include "app/docks/token_display.h"
#include "engine/stats/token_density.h"

namespace moe::app {

namespace {

constexpr double kNames = 112;  // width of the names and scales
constexpr double kRight = 24;
constexpr double kHead = 22;
constexpr double kFoot = 18;
constexpr double kGap = 9;  // between tracks
constexpr double kTickPixels = 72;
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

TimelineLayout timeline_layout(const QSizeF& size, std::size_t n_tokens, bool is_live) {
    TimelineLayout layout;
    const double width = std::max(1.0, size.width() - kNames - kRight);
    layout.axis = {.left = kNames, .width = width, .n_places = timeline_places(n_tokens, is_live)};
    layout.head = {kNames, 0, width, kHead};
    layout.foot = {kNames, size.height() - kFoot, width, kFoot};
    const double height = std::max(3.0, size.height() - kHead - kFoot - 2 * kGap - 4);
    const std::array<double, 3> shares{0.3, 0.35, 0.35};
    double top = kHead + 2;
    for (std::size_t i = 0; i < layout.tracks.size(); ++i) {
        layout.tracks[i] = {kNames, top, width, height * shares[i]};
        top += layout.tracks[i].height() + kGap;
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

TimelineCurves::TimelineCurves(const TimelineLayout& layout, const TimelineModel& model,
                               const TimelineSeries& series, const DockTheme& theme)
    : layout_(layout),
      model_(model),
      series_(series),
      theme_(theme),
      columns_(timeline_columns(layout.axis, model.trace.n_tokens())) {}

void TimelineCurves::paint(QPainter& painter) const {
    painter.setRenderHint(QPainter::Antialiasing);
    paint_density(painter);
    const Scale entropy{.low = 0, .high = 1, .decimals = 0, .is_known = series_.has_scores()};
    const Scale margin = margin_scale();
    paint_name(painter, layout_.tracks[1], QObject::tr("Entropy"), QObject::tr("of uniform"), entropy);
    paint_name(painter, layout_.tracks[2], QObject::tr("Margin"), QObject::tr("k less k + 1"), margin);
    if (series_.has_scores()) {
        paint_figure(painter, layout_.tracks[1], series_.entropy(), series_.layer_entropy(), entropy);
        paint_figure(painter, layout_.tracks[2], series_.margin(), series_.layer_margin(), margin);
    } else {
        const QString reason =
            is_dense(model_.trace)
                ? QObject::tr("A dense model: no router")
                : QObject::tr("This trace holds the chosen experts only, no router scores");
        paint_absent(painter, layout_.tracks[1], reason);
        paint_absent(painter, layout_.tracks[2], reason);
    }
    paint_positions(painter);
}

void TimelineCurves::paint_names(QPainter& painter) const {
    const Scale unknown{.is_known = false};
    paint_name(painter, layout_.tracks[0], QObject::tr("Density"), QObject::tr("tok/s"), unknown);
    paint_name(painter, layout_.tracks[1], QObject::tr("Entropy"), QObject::tr("of uniform"), unknown);
    paint_name(painter, layout_.tracks[2], QObject::tr("Margin"), QObject::tr("k less k + 1"), unknown);
}

TimelineCurves::Scale TimelineCurves::margin_scale() const {
    const Spread all = series_.margin().over(0, series_.margin().n_tokens());
    const double high = all.count > 0 ? round_up(static_cast<double>(all.high)) : 1;
    return {.low = 0, .high = high, .decimals = high < 1 ? 2 : 0, .is_known = series_.has_scores()};
}

void TimelineCurves::paint_name(QPainter& painter, const QRectF& track, const QString& name,
                                const QString& unit, const Scale& scale) const {
    const QRectF names(12, track.top() - 3, kNames - 46, track.height() + 6);
    const bool is_low = track.height() < 15;  // one small line, as high as it is
    painter.setFont(is_low ? theme_.caption : theme_.body);
    painter.setPen(theme_.text_2);
    painter.drawText(names, (is_low ? Qt::AlignVCenter : Qt::AlignTop) | Qt::AlignLeft | Qt::TextDontClip,
                     name);
    painter.setFont(theme_.caption);
    painter.setPen(theme_.text_3);
    if (const double top = track.height() >= 28 ? 17 : 14; !is_low)
        painter.drawText(names.adjusted(0, top, 0, 0), Qt::AlignTop | Qt::AlignLeft | Qt::TextDontClip, unit);
    painter.setFont(timeline_digits(theme_));
    const QRectF numbers(kNames - 44, track.top() - 6, 36, track.height() + 12);
    if (scale.is_known)
        painter.drawText(numbers, Qt::AlignTop | Qt::AlignRight, number_text(scale.high, scale.decimals));
    if (scale.is_known && track.height() >= 28)
        painter.drawText(numbers, Qt::AlignBottom | Qt::AlignRight, fixed_number(scale.low, 0));
    painter.setPen(theme_.border);
    painter.drawLine(QPointF(track.left(), track.bottom() + 0.5),
                     QPointF(track.right(), track.bottom() + 0.5));
}

// A figure that the source lacks keeps its place.
void TimelineCurves::paint_absent(QPainter& painter, const QRectF& track, const QString& reason) const {
    painter.fillRect(track, QBrush(theme_.border, Qt::BDiagPattern));
    painter.setFont(theme_.caption);
    const QRectF text = painter.fontMetrics().boundingRect(reason).toRectF();
    QRectF box(0, 0, text.width() + 16, text.height() + 4);
    box.moveCenter(track.center());
    painter.fillRect(box, theme_.surface);
    painter.setPen(theme_.text_3);
    painter.drawText(box, Qt::AlignCenter, reason);
}

void TimelineCurves::paint_density(QPainter& painter) const {
    const QRectF& track = layout_.tracks[0];
    std::vector<std::optional<double>> values;
    for (const TimelineColumn& column : columns_)
        values.push_back(token_density(model_.trace, column.first, column.end));
    const double high = density_scale_end(values);
    const bool has_times = has_token_times(model_.trace);
    const Scale scale{.low = 0, .high = round_up(high), .decimals = 0, .is_known = high > 0};
    paint_name(painter, track, QObject::tr("Density"), QObject::tr("tok/s"), scale);
    if (!has_times) return paint_absent(painter, track, QObject::tr("This trace has no times"));
    const double place = layout_.axis.width / static_cast<double>(layout_.axis.n_places);
    const double bar_width = std::clamp(place - 1, 1.0, kBarWidthMax);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const bool is_prompt = model_.trace.token(columns_[i].end - 1).phase == Phase::Prefill;
        const double top =
            is_prompt ? track.top() : pixel_from_value(track, 0, scale.high, values[i].value_or(0));
        const QRectF bar(columns_[i].center - bar_width / 2, top, bar_width, track.bottom() - top);
        if (is_prompt) {
            painter.fillRect(bar, faded(theme_.bar, 0.35));
        } else {
            painter.fillRect(bar, theme_.bar);
        }
    }
}

void TimelineCurves::paint_figure(QPainter& painter, const QRectF& track, const TimelineTrack& all,
                                  const TimelineTrack& one, const Scale& scale) const {
    const auto y_of = [&](float value) {
        return pixel_from_value(track, scale.low, scale.high, static_cast<double>(value));
    };
    const auto over = [](const TimelineTrack& figure, const TimelineColumn& column) {
        const std::size_t end = std::min(column.end, figure.n_tokens());
        return column.first < end ? figure.over(column.first, end) : Spread{};
    };
    QPolygonF highs, lows, means, line;
    std::vector<QRectF> heights;  // of the one layer, where tokens share a pixel
    const double column_width = columns_.size() > 1 ? columns_[1].center - columns_[0].center : 1;
    for (const TimelineColumn& column : columns_) {
        if (const Spread spread = over(all, column); spread.count > 0) {
            highs << QPointF(column.center, y_of(spread.high));
            lows << QPointF(column.center, y_of(spread.low));
            means << QPointF(column.center, y_of(spread.mean()));
        }
        const Spread spread = over(one, column);
        if (spread.count == 0) continue;
        line << QPointF(column.center, y_of(spread.mean()));
        const double top = y_of(spread.high);
        if (spread.high > spread.low)
            heights.emplace_back(column.center - column_width / 2, top, column_width, y_of(spread.low) - top);
    }
    fill_between(painter, highs, lows, faded(theme_.bar, 0.30));
    for (const QRectF& height : heights) painter.fillRect(height, theme_.accent);
    draw_curve(painter, line, QPen(theme_.accent, 1.2));
    draw_curve(painter, means, QPen(theme_.text_1, 1.4));
}

void TimelineCurves::paint_positions(QPainter& painter) const {
    painter.setFont(timeline_digits(theme_));
    painter.setPen(theme_.text_3);
    for (const TimelineLabel& label : timeline_labels(layout_, theme_))
        painter.drawText(label.box, Qt::AlignCenter | Qt::TextDontClip, label.text);
}

}  // namespace moe::app
