#include "app/docks/pair_matrix_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <bit>
#include <cmath>

#include "app/docks/kept_keys.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kLabelSide = 10;
constexpr int kLabelGap = 6;
constexpr int kLabelHeight = 18;
constexpr int kLabelPixels = 10;
constexpr int kRightMargin = 12;
constexpr int kSmallestCell = 1;
constexpr int kSharpCell = 3;  // in device pixels: smaller ones are as uneven as fills the room
constexpr int kCellWithGap = 6;     // from this size on cells stand apart
constexpr double kLiftOctaves = 2;  // colours end at a quarter and four times chance

std::size_t place_of(const std::vector<std::size_t>& order, std::size_t expert) {
    return static_cast<std::size_t>(std::ranges::find(order, expert) - order.begin());
}

double number_of(const MatrixCell& cell, MatrixValue value) {
    return value == MatrixValue::Count ? static_cast<double>(cell.count) : cell.share.value_or(0);
}

}  // namespace

PairMatrixView::PairMatrixView(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(QStringLiteral("pair_matrix"));
    setAccessibleName(tr("Matrix of expert pairs"));
    setWhatsThis(
        tr("A cell: tokens that chose both experts, or that went from the one to the other.\nBy chance: as many as "
           "pairs there are, in proportion to both loads. Lift: count / chance.\nCounted and derived here; fewer than "
           "5 expected make no lift worth reading."));
}

void PairMatrixView::set_model(std::shared_ptr<const MatrixModel> model) {
    model_ = std::move(model);
    if (chosen_ && (!model_ || std::max(chosen_->from, chosen_->to) >= model_->n_experts())) chosen_.reset();
    const int n = model_ ? static_cast<int>(model_->n_experts()) : 0;
    setMinimumSize(size_around() + QSize(n, n) * kSmallestCell);
    updateGeometry();
    rebuild();
}

void PairMatrixView::set_value(MatrixValue value) {
    value_ = value;
    rebuild();
}

void PairMatrixView::set_chosen(std::optional<ExpertPair> pair) {
    chosen_ = pair;
    update();
}

void PairMatrixView::set_theme(const DockTheme& theme) {
    theme_ = theme;
    rebuild();
}

// Chance is the view's colour; the rarer a pair is by chance, the less its lift can tell and the fainter it
// is.
QColor PairMatrixView::color_of(std::size_t from, std::size_t to) const {
    const MatrixCell cell = model_->cell(from, to);
    const bool is_load = model_->kind == MatrixKind::Coactivation && from == to;
    if (is_load) return theme_.track;
    if (value_ != MatrixValue::Lift)
        return theme_.map_color(largest_ > 0 ? number_of(cell, value_) / largest_ : 0);
    if (!cell.lift) return theme_.track;
    const double octaves = *cell.lift > 0 ? std::log2(*cell.lift) : -kLiftOctaves;
    const double certainty = std::min(1.0, cell.expected / kSparseCount);
    const double deviation = std::clamp(octaves / kLiftOctaves, -1.0, 1.0) * certainty;
    return theme_.diverging_color(0.5 + 0.5 * deviation);
}

void PairMatrixView::rebuild() {
    update();
    image_ = {};
    if (!model_) return;
    const std::size_t n = model_->n_experts();
    largest_ = 0;
    for (std::size_t a = 0; a < n; ++a) {
        for (std::size_t b = 0; b < n; ++b) {
            // The diagonal of a layer is the load: it would outshine the pairs.
            if (model_->kind == MatrixKind::Coactivation && a == b) continue;
            largest_ = std::max(largest_, number_of(model_->cell(a, b), value_));
        }
    }
    image_ = QImage(static_cast<int>(n), static_cast<int>(n), QImage::Format_RGB32);
    for (std::size_t row = 0; row < n; ++row) {
        for (std::size_t column = 0; column < n; ++column) {
            image_.setPixelColor(static_cast<int>(column), static_cast<int>(row),
                                 color_of(model_->row_order[row], model_->column_order[column]));
        }
    }
}

int PairMatrixView::label_width() const {
    QFont font = theme_.mono;
    font.setPixelSize(kLabelPixels);
    const std::size_t n = model_ ? model_->n_experts() : 1;
    return kLabelSide + QFontMetrics(font).horizontalAdvance(QString::number(n - 1)) + kLabelGap;
}

QSize PairMatrixView::size_around() const { return {label_width() + kRightMargin, kLabelHeight}; }

double PairMatrixView::side_within(double room) const {
    if (!model_) return room;
    const auto n = static_cast<double>(model_->n_experts());
    const double device_pixels = room / n * devicePixelRatioF();
    const double cell = device_pixels >= kSharpCell ? std::floor(device_pixels) : device_pixels;
    return n * std::max<double>(kSmallestCell, cell / devicePixelRatioF());
}

double PairMatrixView::cell_size() const {
    const QSize room = size() - size_around();
    return side_within(std::min(room.width(), room.height())) / static_cast<double>(model_->n_experts());
}

QRectF PairMatrixView::field() const {
    const double side = model_ ? cell_size() * static_cast<double>(model_->n_experts()) : 0;
    return {static_cast<double>(label_width()), kLabelHeight, side, side};
}

QRectF PairMatrixView::rect_of(const ExpertPair& pair) const {
    const double size = cell_size();
    return {label_width() + size * static_cast<double>(place_of(model_->column_order, pair.to)),
            kLabelHeight + size * static_cast<double>(place_of(model_->row_order, pair.from)), size, size};
}

std::optional<ExpertPair> PairMatrixView::pair_at(QPointF position) const {
    if (!model_ || !field().contains(position)) return std::nullopt;
    const QPointF cell = (position - field().topLeft()) / cell_size();
    const auto row = static_cast<std::size_t>(cell.y());
    const auto column = static_cast<std::size_t>(cell.x());
    if (std::max(row, column) >= model_->n_experts()) return std::nullopt;
    return ExpertPair{.from = model_->row_order[row], .to = model_->column_order[column]};
}

void PairMatrixView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (!model_ || image_.isNull()) return;
    painter.drawImage(field(), image_);
    const double size = cell_size();
    if (size >= kCellWithGap) {
        painter.setPen(theme_.surface);
        for (std::size_t i = 0; i <= model_->n_experts(); ++i) {
            const double offset = size * static_cast<double>(i) - 0.5;
            painter.drawLine(QPointF(field().left(), field().top() + offset),
                             QPointF(field().right(), field().top() + offset));
            painter.drawLine(QPointF(field().left() + offset, field().top()),
                             QPointF(field().left() + offset, field().bottom()));
        }
    }
    paint_labels(painter);
    if (chosen_) {
        painter.setPen(QPen(theme_.accent, 2));
        painter.drawRect(rect_of(*chosen_).adjusted(-1, -1, 0, 0));
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme_.accent, 2));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void PairMatrixView::paint_labels(QPainter& painter) const {
    QFont font = theme_.mono;
    font.setPixelSize(kLabelPixels);
    painter.setFont(font);
    const int left = label_width();
    const double size = cell_size();
    const auto round_step = [size](double pixels) {
        return std::bit_ceil(static_cast<std::size_t>(std::ceil(pixels / size)));
    };
    const std::size_t step = round_step(18.0);
    const auto widest = QString::number(model_->n_experts() - 1);
    const std::size_t column_step = std::max(step, round_step(painter.fontMetrics().horizontalAdvance(widest) + 6));
    for (std::size_t i = 0; i < model_->n_experts(); ++i) {
        const std::size_t row = model_->row_order[i];
        const std::size_t column = model_->column_order[i];
        const double offset = size * static_cast<double>(i) + size / 2;
        const bool is_row_chosen = chosen_ && chosen_->from == row;
        const bool is_column_chosen = chosen_ && chosen_->to == column;
        painter.setPen(is_row_chosen ? theme_.accent : theme_.text_3);
        if (i % step == 0 || is_row_chosen)
            painter.drawText(QRectF(0, kLabelHeight + offset - 8, left - kLabelGap, 16),
                             Qt::AlignRight | Qt::AlignVCenter, QString::number(row));
        painter.setPen(is_column_chosen ? theme_.accent : theme_.text_3);
        if (i % column_step == 0 || is_column_chosen)
            painter.drawText(QRectF(left + offset - 14, 0, 28, kLabelHeight - 2),
                             Qt::AlignHCenter | Qt::AlignBottom, QString::number(column));
    }
}

MatrixScale::Words PairMatrixView::scale_words() const {
    if (value_ == MatrixValue::Lift)
        return {.low = tr("≤ ¼ × chance"),
                .middle = tr("1 ×"),
                .high = tr("≥ 4 × chance"),
                .low_upright = tr("≤ ¼ ×"),
                .high_upright = tr("≥ 4 ×"),
                .is_diverging = true};
    const QString low = QStringLiteral("0");
    const QString high = value_ == MatrixValue::Count ? grouped(static_cast<std::size_t>(largest_))
                                                      : fixed_number(largest_, 3);
    return {.low = low, .middle = {}, .high = high, .low_upright = low, .high_upright = high};
}

QString PairMatrixView::words_of(const ExpertPair& pair) const {
    const MatrixCell cell = model_->cell(pair.from, pair.to);
    const bool is_flow = model_->kind == MatrixKind::Flow;
    if (!is_flow && pair.from == pair.to)
        return tr("Expert %1 was chosen by %2").arg(pair.from).arg(tokens_text(cell.count));
    QString words = is_flow ? tr("From expert %1 to expert %2 of the next MoE layer: %3")
                                  .arg(pair.from)
                                  .arg(pair.to)
                                  .arg(grouped(cell.count))
                            : tr("Experts %1 and %2 together: %3")
                                  .arg(pair.from)
                                  .arg(pair.to)
                                  .arg(tokens_text(cell.count));
    if (cell.share) words += tr("\nShare of expert %1: %2").arg(pair.from).arg(fixed_number(*cell.share, 3));
    words += tr("\nBy chance, with these loads: %1").arg(fixed_number(cell.expected, 1));
    if (cell.lift) words += tr("\nLift: %1 × chance").arg(fixed_number(*cell.lift, 2));
    if (cell.is_sparse) words += tr("\nFewer than 5 expected: chance alone makes such lifts");
    return words;
}

void PairMatrixView::choose(const ExpertPair& pair) {
    set_chosen(pair);
    setAccessibleDescription(words_of(pair));
    Q_EMIT pair_chosen(pair);
}

void PairMatrixView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (const auto pair = pair_at(event->position())) choose(*pair);
}

void PairMatrixView::keyPressEvent(QKeyEvent* event) {
    const int down = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    const int right = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (!model_ || model_->n_experts() == 0 || (down == 0 && right == 0))
        return QWidget::keyPressEvent(event);
    if (!chosen_) return choose({.from = model_->row_order[0], .to = model_->column_order[0]});
    const int last = static_cast<int>(model_->n_experts()) - 1;
    const int row = std::clamp(static_cast<int>(place_of(model_->row_order, chosen_->from)) + down, 0, last);
    const int column =
        std::clamp(static_cast<int>(place_of(model_->column_order, chosen_->to)) + right, 0, last);
    choose({.from = model_->row_order[static_cast<std::size_t>(row)],
            .to = model_->column_order[static_cast<std::size_t>(column)]});
}

bool PairMatrixView::event(QEvent* event) {
    if (keeps_key(event, kArrowKeys)) return true;
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto pair = pair_at(help->pos());
        pair ? QToolTip::showText(help->globalPos(), words_of(*pair), this) : QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

}  // namespace moe::app
