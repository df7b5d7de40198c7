#include "app/docks/layer_map_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLinearGradient>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "app/docks/kept_keys.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kSide = 12;
constexpr int kLeft = 42;  // of the layers' numbers
constexpr int kTop = 20;   // of the experts'
constexpr int kScaleHeight = 30;
constexpr int kScaleBar = 6;
constexpr int kLabelPixels = 10;
constexpr int kLabelHeight = 16;
constexpr double kTallestRow = 28;
constexpr double kCellWithGap = 6;  // from this size on cells stand apart

}  // namespace

LayerMapView::LayerMapView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(QStringLiteral("layer_map"));
    setAccessibleName(tr("Layer map"));
    setMinimumHeight(160);
    setWhatsThis(
        tr("Tokens that chose each expert of each layer, as multiples of the fair share T k / E (tokens × k / experts); "
           "the range and the phase are those above. Colours end at 4 times the fair share. Derived from the chosen "
           "experts."));
}

void LayerMapView::set_model(BalanceModel model) {
    model_ = std::move(model);
    rebuild();
    tell();
}

void LayerMapView::set_chosen(std::size_t layer, std::optional<std::size_t> expert) {
    layer_ = layer;
    expert_ = expert;
    tell();
    update();
}

void LayerMapView::set_theme(const DockTheme& theme) {
    theme_ = theme;
    rebuild();
}

std::optional<std::size_t> LayerMapView::row_of(std::size_t layer) const {
    const auto found = std::ranges::find(model_.rows, layer, &BalanceRow::layer);
    if (found == model_.rows.end()) return std::nullopt;
    return static_cast<std::size_t>(found - model_.rows.begin());
}

double LayerMapView::multiple(const LayerExpert& cell) const {
    const std::optional<std::size_t> row = row_of(cell.layer);
    const double fair = static_cast<double>(model_.n_tokens * model_.top_k) / static_cast<double>(model_.n_experts);
    if (!row || cell.expert >= model_.n_experts || fair <= 0) return 0;
    return static_cast<double>(model_.rows[*row].counts[cell.expert]) / fair;
}

QColor LayerMapView::color_of(const LayerExpert& cell) const { return theme_.map_color(multiple(cell) / kScaleEnd); }

void LayerMapView::rebuild() {
    update();
    image_ = {};
    if (model_.rows.empty()) return;
    image_ = QImage(static_cast<int>(model_.n_experts), static_cast<int>(n_layers()), QImage::Format_RGB32);
    for (std::size_t row = 0; row < n_layers(); ++row) {
        for (std::size_t expert = 0; expert < model_.n_experts; ++expert) {
            image_.setPixelColor(static_cast<int>(expert), static_cast<int>(row),
                                 color_of({.layer = model_.rows[row].layer, .expert = expert}));
        }
    }
}

QRectF LayerMapView::field() const {
    const double room = height() - kTop - kScaleHeight;
    const double rows = std::min(room, kTallestRow * static_cast<double>(std::max<std::size_t>(n_layers(), 1)));
    return {kLeft, kTop, std::max(0.0, static_cast<double>(width() - kLeft - kSide)), std::max(0.0, rows)};
}

QSizeF LayerMapView::cell_size() const {
    const QRectF cells = field();
    return {cells.width() / static_cast<double>(std::max<std::size_t>(model_.n_experts, 1)),
            cells.height() / static_cast<double>(std::max<std::size_t>(n_layers(), 1))};
}

QRectF LayerMapView::rect_of(const LayerExpert& cell) const {
    const QSizeF size = cell_size();
    const auto row = static_cast<double>(row_of(cell.layer).value_or(0));
    return {field().left() + size.width() * static_cast<double>(cell.expert), field().top() + size.height() * row,
            size.width(), size.height()};
}

std::optional<LayerExpert> LayerMapView::cell_at(QPointF position) const {
    if (model_.rows.empty() || !field().contains(position)) return std::nullopt;
    const QPointF place = position - field().topLeft();
    const auto row = static_cast<std::size_t>(place.y() / cell_size().height());
    const auto expert = static_cast<std::size_t>(place.x() / cell_size().width());
    if (row >= n_layers() || expert >= model_.n_experts) return std::nullopt;
    return LayerExpert{.layer = model_.rows[row].layer, .expert = expert};
}

void LayerMapView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (image_.isNull()) return;
    const QRectF cells = field();
    painter.drawImage(cells, image_);
    const QSizeF size = cell_size();
    painter.setPen(theme_.surface);
    for (std::size_t row = 1; row < n_layers() && size.height() >= kCellWithGap; ++row) {
        const double y = cells.top() + size.height() * static_cast<double>(row);
        painter.drawLine(QPointF(cells.left(), y), QPointF(cells.right(), y));
    }
    for (std::size_t expert = 1; expert < model_.n_experts && size.width() >= kCellWithGap; ++expert) {
        const double x = cells.left() + size.width() * static_cast<double>(expert);
        painter.drawLine(QPointF(x, cells.top()), QPointF(x, cells.bottom()));
    }
    painter.setPen(theme_.border);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(cells.adjusted(-0.5, -0.5, 0.5, 0.5));
    paint_labels(painter);
    paint_scale(painter);
    paint_chosen(painter);
}

void LayerMapView::paint_labels(QPainter& painter) const {
    QFont font = theme_.mono;
    font.setPixelSize(kLabelPixels);
    painter.setFont(font);
    const QSizeF size = cell_size();
    const auto step_of = [](double pixels, double cell) {
        return std::bit_ceil(static_cast<std::size_t>(std::ceil(pixels / std::max(cell, 0.01))));
    };
    const std::size_t row_step = step_of(kLabelHeight, size.height());
    const double widest = painter.fontMetrics().horizontalAdvance(QString::number(model_.n_experts)) + 8;
    const std::size_t expert_step = step_of(widest, size.width());
    for (std::size_t row = 0; row < n_layers(); ++row) {
        const bool is_chosen = model_.rows[row].layer == layer_;
        if (row % row_step != 0 && !is_chosen) continue;
        const QRectF cell = rect_of({.layer = model_.rows[row].layer, .expert = 0});
        painter.setPen(is_chosen ? theme_.accent : theme_.text_3);
        painter.drawText(QRectF(0, cell.center().y() - kLabelHeight / 2.0, kLeft - 8, kLabelHeight),
                         Qt::AlignRight | Qt::AlignVCenter, model_.rows[row].name);
    }
    for (std::size_t expert = 0; expert < model_.n_experts; expert += expert_step) {
        const double x = field().left() + size.width() * (static_cast<double>(expert) + 0.5);
        painter.setPen(expert_ == expert ? theme_.accent : theme_.text_3);
        painter.drawText(QRectF(x - 20, 0, 40, kTop - 3), Qt::AlignHCenter | Qt::AlignBottom, QString::number(expert));
    }
}

void LayerMapView::paint_scale(QPainter& painter) const {
    const QRectF cells = field();
    const QString unit = tr("fair share");
    painter.setFont(theme_.caption);
    const QFontMetricsF metrics(theme_.caption);
    const double words = metrics.horizontalAdvance(unit) + 8;
    const QRectF bar(cells.left(), cells.bottom() + 8, std::min(cells.width() - words, 180.0), kScaleBar);
    if (bar.width() < 60) return;
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    for (int stop = 0; stop <= 16; ++stop) gradient.setColorAt(stop / 16.0, theme_.map_color(stop / 16.0));
    painter.fillRect(bar, gradient);
    painter.setPen(theme_.text_3);
    for (const double multiple : {0.0, 1.0, 2.0, kScaleEnd}) {
        const double x = bar.left() + bar.width() * multiple / kScaleEnd;
        const QString text = multiple == kScaleEnd ? tr("≥ 4 ×") : QStringLiteral("%1 ×").arg(multiple);
        const double width = metrics.horizontalAdvance(text);
        const double left = multiple == 0 ? x : multiple == kScaleEnd ? x - width : x - width / 2;
        painter.drawText(QPointF(left, bar.bottom() + metrics.ascent() + 2), text);
    }
    painter.drawText(QPointF(bar.right() + 8, bar.bottom() + metrics.ascent() + 2), unit);
}

void LayerMapView::paint_chosen(QPainter& painter) const {
    if (row_of(layer_)) {
        const QRectF first = rect_of({.layer = layer_, .expert = 0});
        painter.setPen(QPen(theme_.accent, 1));
        painter.drawRect(QRectF(first.left(), first.top(), field().width(), first.height()).adjusted(-1, -1, 1, 1));
        if (expert_ && *expert_ < model_.n_experts) {
            painter.setPen(QPen(theme_.accent, 2));
            painter.drawRect(rect_of({.layer = layer_, .expert = *expert_}).adjusted(-1, -1, 1, 1));
        }
    }
    if (!hasFocus()) return;
    painter.setPen(QPen(theme_.accent, 2));
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
}

QString LayerMapView::words_of(const LayerExpert& cell) const {
    const std::optional<std::size_t> row = row_of(cell.layer);
    if (!row) return {};
    const std::size_t count = model_.rows[*row].counts[cell.expert];
    const double fair = static_cast<double>(model_.n_tokens * model_.top_k) / static_cast<double>(model_.n_experts);
    return tr("Layer %1, expert %2\n%3 of %4, %5 × the fair share %6")
        .arg(model_.rows[*row].name)
        .arg(cell.expert)
        .arg(grouped(count), tokens_text(model_.n_tokens), fixed_number(multiple(cell), 2), fixed_number(fair, 1));
}

void LayerMapView::tell() {
    const bool has_choice = row_of(layer_) && expert_ && *expert_ < model_.n_experts;
    setAccessibleDescription(has_choice ? words_of({.layer = layer_, .expert = *expert_})
                                        : tr("%1 layers, %2 experts").arg(n_layers()).arg(model_.n_experts));
}

void LayerMapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (const auto cell = cell_at(event->position())) Q_EMIT expert_chosen(cell->layer, cell->expert);
}

void LayerMapView::keyPressEvent(QKeyEvent* event) {
    const int down = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    const int right = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (model_.rows.empty() || (down == 0 && right == 0)) return QWidget::keyPressEvent(event);
    const auto moved = [](std::size_t place, int by, std::size_t n) {
        return static_cast<std::size_t>(std::clamp(static_cast<int>(place) + by, 0, static_cast<int>(n) - 1));
    };
    const std::size_t row = moved(row_of(layer_).value_or(0), down, n_layers());
    // The first step chooses an expert where none is.
    const std::size_t expert = expert_ ? moved(*expert_, right, model_.n_experts) : 0;
    Q_EMIT expert_chosen(model_.rows[row].layer, expert);
}

bool LayerMapView::event(QEvent* event) {
    if (keeps_key(event, kArrowKeys)) return true;
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto cell = cell_at(help->pos());
        cell ? QToolTip::showText(help->globalPos(), words_of(*cell), this) : QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

}  // namespace moe::app
