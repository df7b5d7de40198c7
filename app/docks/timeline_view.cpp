#include "app/docks/timeline_view.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kPause = 30ms;   // between the curves of a run that grows
constexpr auto kSlice = 100ms;  // of work, then it is shown

}  // namespace

TimelineView::TimelineView(QWidget* parent) : QWidget(parent), background_(new Background(kPause, this)) {
    setObjectName(QStringLiteral("timeline_view"));
    setAccessibleName(tr("Timeline"));
    setFocusPolicy(Qt::StrongFocus);
}

TimelineView::~TimelineView() { stop_.request_stop(); }

void TimelineView::set_model(const TimelineModel& model) {
    is_stale_ = is_stale_ || model.trace.n_tokens() != model_.trace.n_tokens() ||
                model.identity != model_.identity || model.layer != model_.layer;
    if (model.identity != model_.identity) {
        stop_.request_stop();
        stop_ = {};
        background_->forget();
        is_asked_ = false;
    }
    model_ = model;
    series_.set_subject({.trace = model.trace, .identity = model.identity, .layer = model.layer});
    ask();
    tell();
    update();
}

// In words, for those who do not see it.
void TimelineView::tell() {
    const TimelineWords words(model_, series_);
    setWhatsThis(words.explanation());
    QStringList parts{tokens_text(model_.trace.n_tokens())};
    if (model_.selected && *model_.selected < model_.trace.n_tokens()) {
        parts << tr("token %1 is selected").arg(grouped(*model_.selected));
        parts << words.values_at(*model_.selected);
    }
    setAccessibleDescription(parts.join(QStringLiteral(", ")));
}

void TimelineView::showEvent(QShowEvent*) { ask(); }

void TimelineView::ask() {
    if (is_asked_ || !isVisible() || series_.n_missing() == 0) return;
    is_asked_ = true;
    // A run that grows by a few tokens at a time leaves the processor to the engine.
    const auto urgency =
        series_.n_missing() > kChunkTokens ? Background::Urgency::Now : Background::Urgency::Later;
    background_->ask(
        [this, trace = model_.trace, tasks = series_.next_tasks(model_.visible), stop = stop_.get_token()] {
            const auto is_enough = [&stop, until = Clock::now() + kSlice] {
                return stop.stop_requested() || Clock::now() >= until;
            };
            return [this, parts = timeline_parts(trace, tasks, is_enough)] { take(parts); };
        },
        urgency);
}

void TimelineView::take(std::span<const TimelinePart> parts) {
    series_.take(parts);
    is_asked_ = false;
    ask();
    tell();
    is_stale_ = true;
    update();
}

void TimelineView::set_theme(const DockTheme& theme) {
    theme_ = theme;
    is_stale_ = true;
    update();
}

TimelineLayout TimelineView::layout_now() const {
    return timeline_layout(size(), model_.trace.n_tokens(), model_.is_live, TimelineWords(model_, series_).absent());
}

void TimelineView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.surface);
    if (model_.trace.n_tokens() == 0) {
        const TimelineLayout planned = layout_now();
        TimelineCurves(planned, model_, series_, theme_).paint_names(painter);
        painter.setFont(theme_.body);
        QString words =
            tr("Speed, entropy, overlap and margin of every token appear here, all of a run at a glance");
        if (painter.fontMetrics().horizontalAdvance(words) > planned.axis.width)
            words = tr("Speed, entropy, overlap and margin of every token");
        QRectF box = painter.fontMetrics().boundingRect(words).toRectF().adjusted(-12, -4, 12, 4);
        box.moveCenter({planned.axis.left + planned.axis.width / 2, height() / 2.0});
        painter.fillRect(box, theme_.surface);
        painter.setPen(theme_.text_3);
        painter.drawText(box, Qt::AlignCenter, words);
        return;
    }
    const TimelineLayout layout = layout_now();
    const QSize pixels = size() * devicePixelRatioF();
    if (is_stale_ || curves_.size() != pixels) {
        curves_ = QPixmap(pixels);
        curves_.setDevicePixelRatio(devicePixelRatioF());
        curves_.fill(Qt::transparent);
        QPainter curves_painter(&curves_);
        TimelineCurves(layout, model_, series_, theme_).paint(curves_painter);
        is_stale_ = false;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    paint_range(painter, layout);
    painter.drawPixmap(0, 0, curves_);
    paint_marks(painter, layout);
    paint_bracket(painter, layout);
    paint_cursor(painter, layout);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme_.accent, 2));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void TimelineView::paint_range(QPainter& painter, const TimelineLayout& layout) const {
    if (!model_.range) return;
    const double left = layout.axis.pixel_from_token(static_cast<double>(model_.range->first));
    const double right = layout.axis.pixel_from_token(static_cast<double>(model_.range->end));
    const QRectF box(left, layout.head.bottom() - 4, std::max(1.0, right - left),
                     layout.foot.top() - layout.head.bottom() + 4);
    painter.fillRect(box, theme_.soft);
    painter.setPen(QPen(theme_.accent, 1));
    painter.drawLine(box.topLeft(), box.bottomLeft());
    painter.drawLine(box.topRight(), box.bottomRight());
}

// A grey bracket over what is in the picture.
void TimelineView::paint_bracket(QPainter& painter, const TimelineLayout& layout) const {
    if (!model_.visible) return;
    const double left = layout.axis.pixel_from_token(static_cast<double>(model_.visible->first));
    const double right =
        std::max(left + 6, layout.axis.pixel_from_token(static_cast<double>(model_.visible->end)));
    const double y = layout.head.bottom() - 5.5;
    painter.setPen(QPen(theme_.text_2, 1.5));
    painter.drawPolyline(
        QPolygonF({QPointF(left, y + 5), QPointF(left, y), QPointF(right, y), QPointF(right, y + 5)}));
    painter.setFont(theme_.caption);
    const QString name = tr("in view");
    const double width = painter.fontMetrics().horizontalAdvance(name);
    const double center =
        std::clamp((left + right) / 2, layout.head.left() + width / 2, layout.head.right() - width / 2);
    painter.setPen(theme_.text_3);
    painter.drawText(QRectF(center - width / 2, 0, width + 2, y - 1), Qt::AlignCenter, name);
}

void TimelineView::paint_marks(QPainter& painter, const TimelineLayout& layout) const {
    const double bottom = layout.foot.top() - 1;
    if (model_.fork_pos > 0) {
        const double x = layout.axis.pixel_from_token(static_cast<double>(model_.fork_pos));
        painter.setPen(QPen(theme_.text_3, 1, Qt::DotLine));
        painter.drawLine(QPointF(x, layout.head.bottom()), QPointF(x, bottom));
    }
    painter.setPen(QPen(theme_.near_bar, 1.5));
    double last_x = -1;
    for (const std::size_t hit : model_.hits) {
        const double x = layout.axis.pixel_from_token(static_cast<double>(hit) + 0.5);
        if (x - last_x < 1) continue;  // one mark a pixel
        last_x = x;
        painter.drawLine(QPointF(x, bottom - 5), QPointF(x, bottom));
    }
}

// White: the newest token. Accent: the selected one.
void TimelineView::paint_cursor(QPainter& painter, const TimelineLayout& layout) const {
    const auto x_of = [&](std::size_t token) {
        return layout.axis.pixel_from_token(static_cast<double>(token) + 0.5);
    };
    const double top = layout.head.bottom() - 4;
    const double bottom = layout.foot.top();
    if (model_.is_live) {
        const double x = layout.axis.pixel_from_token(static_cast<double>(model_.trace.n_tokens()));
        painter.setPen(QPen(theme_.text_1, 1.5));
        painter.drawLine(QPointF(x, top), QPointF(x, bottom));
    }
    if (!model_.selected) return;
    const double x = x_of(*model_.selected);
    painter.setPen(QPen(theme_.accent, 1.5));
    painter.drawLine(QPointF(x, top), QPointF(x, bottom));
    QFont digits = theme_.mono_bold;
    digits.setPixelSize(10);
    painter.setFont(digits);
    const QString number = grouped(*model_.selected);
    const double width = painter.fontMetrics().horizontalAdvance(number) + 10;
    const double left = std::clamp(x - width / 2, 0.0, static_cast<double>(this->width()) - width);
    const QRectF chip(left, bottom + 1, width, layout.foot.height() - 3);
    for (const TimelineLabel& label : timeline_labels(layout, theme_)) {
        if (label.box.intersects(chip)) painter.fillRect(label.box, theme_.surface);  // not half of it
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.accent);
    painter.drawRoundedRect(chip, 3, 3);
    painter.setPen(theme_.surface);
    painter.drawText(chip, Qt::AlignCenter, number);
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || model_.trace.n_tokens() == 0) return;
    const TimelineLayout layout = layout_now();
    const std::size_t token = layout.axis.token_from_pixel(event->position().x(), model_.trace.n_tokens());
    drag_ = Drag::Cursor;
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        drag_ = Drag::Range;
        drag_token_ = token;
    } else if (event->position().y() < layout.head.bottom() && model_.visible) {
        drag_ = Drag::Bracket;
        const auto first = static_cast<std::ptrdiff_t>(model_.visible->first);
        const auto end = static_cast<std::ptrdiff_t>(model_.visible->end);
        const auto at = static_cast<std::ptrdiff_t>(token);
        // Beside the bracket, its middle comes under the pointer.
        drag_offset_ = first <= at && at < end ? at - (first + end) / 2 : 0;
    }
    drag_to(event->position(), /*is_press=*/true);
}

void TimelineView::drag_to(const QPointF& position, bool is_press) {
    const std::size_t token = layout_now().axis.token_from_pixel(position.x(), model_.trace.n_tokens());
    switch (drag_) {
        case Drag::Cursor:
            is_press ? Q_EMIT token_chosen(token) : Q_EMIT token_scrubbed(token);
            break;
        case Drag::Bracket:
            Q_EMIT view_dragged(static_cast<std::size_t>(
                std::max<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(token) - drag_offset_)));
            break;
        case Drag::Range:
            Q_EMIT range_chosen(
                {.first = std::min(token, drag_token_), .end = std::max(token, drag_token_) + 1});
            break;
        case Drag::None:
            break;
    }
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
    if (drag_ != Drag::None && model_.trace.n_tokens() > 0) drag_to(event->position(), /*is_press=*/false);
}

void TimelineView::mouseReleaseEvent(QMouseEvent*) { drag_ = Drag::None; }

void TimelineView::mouseDoubleClickEvent(QMouseEvent*) { Q_EMIT range_given_up(); }

bool TimelineView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), words_at(help->pos()), this);
        return true;
    }
    return QWidget::event(event);
}

QString TimelineView::words_at(const QPointF& position) const {
    const TimelineLayout layout = layout_now();
    const TimelineWords words(model_, series_);
    if (position.x() < layout.axis.left) {
        const auto named = std::ranges::find_if(layout.tracks, [&](const TimelinePlace& place) {
            return place.rect.top() - 4 <= position.y() && position.y() < place.rect.bottom() + 5;
        });
        return named == layout.tracks.end() ? words.explanation() : words.explanation(named->figure);
    }
    if (model_.trace.n_tokens() == 0) return {};
    const std::size_t token = layout.axis.token_from_pixel(position.x(), model_.trace.n_tokens());
    QStringList lines{
        tr("Token %1, %2").arg(grouped(token), token_by_itself(model_.trace.token(token).bytes))};
    lines << words.values_at(token);
    return lines.join(QLatin1Char('\n'));
}

}  // namespace moe::app
