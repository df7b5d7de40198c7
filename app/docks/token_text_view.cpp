#include "app/docks/token_text_view.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/docks/expert_tint.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kLeastLineHeight = 21;
constexpr int kAroundLetters = 5;  // above and below, with the underline
constexpr int kMargin = 12;
constexpr int kFade = 16;  // at an edge where the text goes on
constexpr qreal kTintShare = 0.17;
constexpr qreal kLeastShade = 0.06;  // of a number's colour behind the text, which must stay readable
constexpr qreal kMostShade = 0.36;

}  // namespace

TokenTextView::TokenTextView(QWidget* parent) : QAbstractScrollArea(parent), metrics_(font()) {
    setObjectName(QStringLiteral("token_text"));
    setAccessibleName(tr("Token text"));
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    viewport()->setCursor(Qt::IBeamCursor);
}

void TokenTextView::set_theme(const DockTheme& theme) {
    theme_ = theme;
    metrics_ = QFontMetricsF(theme.mono);
    line_height_ = std::max(kLeastLineHeight, static_cast<int>(std::ceil(metrics_.height())) + kAroundLetters);
    verticalScrollBar()->setSingleStep(line_height_);
    QPalette colors = viewport()->palette();
    colors.setColor(QPalette::Window, theme.field);
    colors.setColor(QPalette::Base, theme.field);
    viewport()->setPalette(colors);
    verticalScrollBar()->setPalette(colors);
    layout_.reset(static_cast<float>(viewport()->width() - 2 * kMargin));
    append_new_tokens();
    viewport()->update();
}

void TokenTextView::set_model(TokenTextModel model) {
    const bool was_at_end = is_at_end();
    const bool is_same_text = model.identity == model_.identity &&
                              model.n_tokens() >= layout_.n_pieces() &&
                              model.shows_turns == model_.shows_turns;
    const bool selection_moved = model.selected != model_.selected;
    model_ = std::move(model);
    if (!is_same_text) layout_.reset(static_cast<float>(viewport()->width() - 2 * kMargin));
    const bool grew = model_.n_tokens() > layout_.n_pieces();
    append_new_tokens();
    if (selection_moved && model_.selected && *model_.selected < layout_.n_pieces()) {
        reveal(*model_.selected);
        describe_for_screen_readers();
    } else if (grew && model_.follows && was_at_end) {
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    }
    viewport()->update();
}

/// What was read is the user's, what was chosen the assistant's.
bool TokenTextView::starts_turn(std::size_t token) const {
    if (!model_.shows_turns) return false;
    return token == 0 || model_.token(token).phase != model_.token(token - 1).phase;
}

QString TokenTextView::speaker_of(std::size_t token) const {
    if (model_.token(token).phase == Phase::Decode) return tr("Assistant");
    return token == 0 && model_.has_system ? tr("System and user") : tr("User");
}

QString TokenTextView::text_of(std::size_t token) const {
    std::string before;  // as far as a character reaches back
    for (std::size_t i = token; i > 0 && before.size() < 3; --i) before.insert(0, model_.token(i - 1).bytes);
    return token_in_text(before, model_.token(token).bytes);
}

TokenLayout::Piece TokenTextView::measured(std::size_t token) const {
    const std::string& bytes = model_.token(token).bytes;
    const QString text = text_of(token);
    const bool is_ascii = std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x7F; });
    const qreal cell = metrics_.horizontalAdvance(QLatin1Char(' '));
    const qreal width = is_ascii ? cell * static_cast<qreal>(text.size()) : metrics_.horizontalAdvance(text);
    const bool has_space = !text.isEmpty() && text.front() == QLatin1Char(' ');
    return {.width = static_cast<float>(std::max(width, cell * 0.5)),
            .leading_space = has_space && text.size() > 1 ? static_cast<float>(cell) : 0.0f,
            .starts_word = has_space,
            .ends_line = bytes.find('\n') != std::string::npos,
            .starts_turn = starts_turn(token)};
}

void TokenTextView::append_new_tokens() {
    for (std::size_t token = layout_.n_pieces(); token < model_.n_tokens(); ++token) {
        layout_.append(measured(token));
    }
    update_scroll_range();
}

void TokenTextView::update_scroll_range() {
    const int height = static_cast<int>(layout_.lines().size()) * line_height_ + 2 * kMargin;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
}

bool TokenTextView::is_at_end() const {
    return verticalScrollBar()->value() >= verticalScrollBar()->maximum() - line_height_;
}

void TokenTextView::reveal(std::size_t token) {
    const int top = static_cast<int>(layout_.line_of(token)) * line_height_;
    const int value = verticalScrollBar()->value();
    const int page = viewport()->height() - 2 * kMargin;
    if (top < value) verticalScrollBar()->setValue(top);
    if (top + line_height_ > value + page) verticalScrollBar()->setValue(top + line_height_ - page);
}

QRectF TokenTextView::piece_rect(std::size_t token) const {
    const auto line = static_cast<int>(layout_.line_of(token));
    return {kMargin + static_cast<qreal>(layout_.left_of(token)),
            static_cast<qreal>(kMargin + line * line_height_ - verticalScrollBar()->value()),
            static_cast<qreal>(layout_.width_of(token)), static_cast<qreal>(line_height_)};
}

std::optional<QRectF> TokenTextView::rect_of(std::size_t token) const {
    if (token >= layout_.n_pieces()) return std::nullopt;
    const QRectF rect = piece_rect(token);
    return rect.intersects(viewport()->rect()) ? std::optional(rect) : std::nullopt;
}

std::pair<std::size_t, std::size_t> TokenTextView::visible_lines() const {
    if (layout_.lines().empty()) return {0, 0};
    const int value = verticalScrollBar()->value();
    const auto last_line = layout_.lines().size() - 1;
    const auto first =
        std::min(last_line, static_cast<std::size_t>(std::max(0, value - kMargin) / line_height_));
    const auto last =
        std::min(last_line, static_cast<std::size_t>((value + viewport()->height()) / line_height_));
    return {first, last + 1};
}

std::pair<std::size_t, std::size_t> TokenTextView::visible_tokens() const {
    const auto [first, end] = visible_lines();
    if (first == end) return {0, 0};
    return {layout_.lines()[first].first, layout_.lines()[end - 1].end};
}

std::optional<std::size_t> TokenTextView::top_expert(std::size_t token) const {
    const TraceSnapshot& trace = model_.trace;
    if (model_.coloring != TextColoring::TopExpert || token >= trace.n_routed()) return std::nullopt;
    if (model_.layer >= trace.shape().n_layers) return std::nullopt;
    const auto experts = trace.experts(token, model_.layer);
    if (experts.empty() || experts[0] == kNoExpert) return std::nullopt;
    return experts[0];
}

void TokenTextView::paint_heading(QPainter& painter, std::size_t line) const {
    const QString name = speaker_of(layout_.lines()[line].first);
    const int top = kMargin + static_cast<int>(line) * line_height_ - verticalScrollBar()->value();
    painter.save();
    painter.setFont(theme_.title);
    painter.setPen(theme_.text_3);
    const QRect place(kMargin, top, viewport()->width() - 2 * kMargin, line_height_);
    painter.drawText(place, Qt::AlignVCenter, name);
    const int left = kMargin + painter.fontMetrics().horizontalAdvance(name) + 8;
    painter.fillRect(left, top + line_height_ / 2, place.right() + 1 - left, 1, theme_.border);
    painter.restore();
}

// The tint behind a token and the line under it. A number's colour is the heatmap's, lighter or darker with
// the number, so that it needs no hue to be read.
void TokenTextView::paint_tint(QPainter& painter, std::size_t token, const QRectF& rect) const {
    QColor line = theme_.border_strong;
    std::optional<qreal> tint_share;
    if (const std::optional<std::size_t> expert = top_expert(token)) {
        line = expert_tint(*expert, theme_.is_dark);
        tint_share = kTintShare;
    } else if (model_.trace.n_tokens() > 0) {
        if (const auto shade = token_shade(model_.trace, token, model_.layer, model_.coloring)) {
            line = theme_.map_color(shade->place);
            tint_share = kLeastShade + (kMostShade - kLeastShade) * shade->place;
        }
    }
    if (tint_share) {
        QColor tint = line;
        tint.setAlphaF(static_cast<float>(*tint_share));
        painter.fillRect(rect.adjusted(0, 2, -1, -2), tint);
    }
    painter.fillRect(QRectF(rect.left(), rect.bottom() - 3, rect.width() - 1, 2), line);
}

void TokenTextView::paint_token(QPainter& painter, std::size_t token) const {
    const TokenRecord& record = model_.token(token);
    const QRectF rect = piece_rect(token);
    if (model_.range && token >= model_.range->first && token < model_.range->end)
        painter.fillRect(rect, theme_.soft);
    paint_tint(painter, token, rect);
    QString text = text_of(token);
    if (layout_.is_line_start(token) && text.size() > 1 && text.startsWith(QLatin1Char(' ')))
        text.remove(0, 1);
    if (metrics_.horizontalAdvance(text) > rect.width() + 1) {
        text = metrics_.elidedText(text, Qt::ElideRight, rect.width());
    }
    painter.setPen(record.phase == Phase::Prefill ? theme_.text_2 : theme_.text_1);
    painter.drawText(
        QPointF(rect.left(), rect.top() + (line_height_ + metrics_.ascent() - metrics_.descent()) / 2 - 1),
        text);
    if (model_.notes.contains(token)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.text_1);
        painter.drawEllipse(QPointF(rect.right() - 3, rect.top() + 3), 2, 2);
    }
    if (model_.selected == token) {
        painter.setPen(QPen(theme_.accent, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(rect.adjusted(-1.25, 0.75, 0.25, -0.25), 3, 3);
    }
}

void TokenTextView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme_.mono);
    painter.fillRect(viewport()->rect(), theme_.field);
    if (layout_.n_pieces() == 0) {
        painter.setFont(theme_.body);
        painter.setPen(theme_.text_3);
        painter.drawText(viewport()->rect().adjusted(kMargin, kMargin, -kMargin, -kMargin), Qt::TextWordWrap,
                         tr("The prompt and what the model writes appear here, token by token."));
        return;
    }
    const auto [first_line, end_line] = visible_lines();
    for (std::size_t line = first_line; line < end_line; ++line) {
        if (layout_.lines()[line].is_heading()) paint_heading(painter, line);
    }
    const auto [first, end] = visible_tokens();
    for (std::size_t token = first; token < end; ++token) paint_token(painter, token);
    if (model_.selected && *model_.selected >= first && *model_.selected < end)
        paint_token(painter, *model_.selected);
    if (model_.is_live && end == layout_.n_pieces()) {
        const QRectF last = piece_rect(end - 1);
        painter.fillRect(
            QRectF(last.right() + 1, last.top() + 3, metrics_.averageCharWidth(), line_height_ - 6),
            theme_.accent);
    }
    paint_fades(painter);
}

// A line that is cut at an edge goes out there.
void TokenTextView::paint_fades(QPainter& painter) const {
    const QScrollBar* bar = verticalScrollBar();
    const auto fade = [&](const QRectF& place, const QPointF& edge, const QPointF& inside) {
        QColor clear = theme_.field;
        clear.setAlpha(0);
        QLinearGradient gradient(edge, inside);
        gradient.setColorAt(0, theme_.field);
        gradient.setColorAt(1, clear);
        painter.fillRect(place, gradient);
    };
    const QRectF top(0, 0, viewport()->width(), kFade);
    const QRectF bottom = top.translated(0, viewport()->height() - kFade);
    if (bar->value() > 0) fade(top, top.topLeft(), top.bottomLeft());
    if (bar->value() < bar->maximum()) fade(bottom, bottom.bottomLeft(), bottom.topLeft());
}

void TokenTextView::resizeEvent(QResizeEvent*) {
    const bool was_at_end = is_at_end();
    layout_.set_width(static_cast<float>(viewport()->width() - 2 * kMargin));
    update_scroll_range();
    if (was_at_end && model_.follows) verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

std::optional<std::size_t> TokenTextView::token_at(QPointF position) const {
    const qreal y = position.y() + verticalScrollBar()->value() - kMargin;
    if (y < 0) return std::nullopt;
    return layout_.piece_at(static_cast<std::size_t>(y / line_height_),
                            static_cast<float>(position.x() - kMargin));
}

void TokenTextView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (const auto token = token_at(event->position())) Q_EMIT token_chosen(*token);
}

bool TokenTextView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto token = token_at(help->pos());
        if (!token) {
            QToolTip::hideText();
            return true;
        }
        const TokenRecord& record = model_.token(*token);
        QString text = tr("Token %1, id %2, %3")
                           .arg(grouped(*token), token_id_text(record.id), token_details(record.bytes));
        if (const auto expert = top_expert(*token)) text += tr("\nTop expert E%1").arg(*expert);
        if (model_.trace.n_tokens() > 0) {
            if (const auto shade = token_shade(model_.trace, *token, model_.layer, model_.coloring))
                text += QLatin1Char('\n') + shade_words(*shade, model_.coloring);
        }
        if (const auto note = model_.notes.find(*token); note != model_.notes.end())
            text += tr("\nNote: %1").arg(note->second);
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void TokenTextView::describe_for_screen_readers() {
    const std::size_t token = *model_.selected;
    QString words = tr("token %1, %2").arg(token).arg(token_by_itself(model_.token(token).bytes));
    if (model_.shows_turns) words += tr(", %1").arg(speaker_of(token));
    if (const auto note = model_.notes.find(token); note != model_.notes.end())
        words += tr(", note: %1").arg(note->second);
    setAccessibleDescription(words);
}

}  // namespace moe::app
