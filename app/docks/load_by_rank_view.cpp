#include "app/docks/load_by_rank_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/docks/kept_keys.h"
#include "app/docks/token_display.h"

namespace moe::app {

namespace {

constexpr int kSide = 12;
constexpr int kScaleWidth = 40;
constexpr int kHeadHeight = 28;
constexpr int kLegendHeight = 18;
constexpr int kMarksHeight = 9;  // below the base line: crosses
constexpr int kFootHeight = 18;
constexpr int kGapFrom = 3;     // pixels of an expert from which on its bar stands apart
constexpr int kShapesFrom = 7;  // and from which on it has a triangle or a cross of its own
constexpr double kNumberGap = 3;
constexpr double kMostSteps = 6;

/// Of a scale that ends at a whole number of them: 1, 2, 4 ... times the fair share.
double step_for(double largest) {
    double step = 1;
    while (largest / step > kMostSteps) step *= 2;
    return step;
}

QString number_of(double tokens) {
    return tokens >= 100 ? grouped(static_cast<std::size_t>(std::llround(tokens))) : fixed_number(tokens, 1);
}

QFont digits_of(const DockTheme& theme) {
    QFont digits = theme.mono;
    digits.setPixelSize(10);
    return digits;
}

}  // namespace

LoadByRankView::LoadByRankView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("load_by_rank"));
    setFocusPolicy(Qt::StrongFocus);
    tell();
}

void LoadByRankView::set_model(std::optional<LoadByRank> model) {
    model_ = std::move(model);
    tell();
    update();
}

void LoadByRankView::set_selected(std::optional<std::size_t> expert) {
    selected_ = expert;
    tell();
    update();
}

void LoadByRankView::set_theme(const DockTheme& theme) {
    theme_ = theme;
    update();
}

// Name, value and explanation for those who do not see it.
void LoadByRankView::tell() {
    setAccessibleName(model_ ? tr("Load by rank of layer %1").arg(model_->layer_name) : tr("Load by rank"));
    const std::optional<std::size_t> rank = selected_rank();
    setAccessibleDescription(!model_ ? QString() : rank ? words_of(*rank) : summary());
    const bool is_long = model_ && model_->is_long_range();
    setWhatsThis(
        tr("Tokens that chose each expert of the layer, as multiples of the fair share T k / E\n(tokens × "
           "k / experts), the largest first; range and phase are those of the table.\nDerived from the "
           "chosen experts.\n%1")
            .arg(is_long ? tr("Orange: over 3 times the fair share. Red: dead, at most a tenth of it.")
                         : tr("Orange: above the 97.5 % quantile of the largest load if routing were "
                              "uniform.\nRed: unused.")));
}

QString LoadByRankView::summary() const {
    const auto ranks = model_->loads.size();
    std::size_t n_over = 0, n_dead = 0;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        n_over += model_->is_over(rank) ? 1 : 0;
        n_dead += model_->is_dead(rank) ? 1 : 0;
    }
    QStringList parts;
    if (n_over > 0)
        parts << (model_->is_long_range() ? tr("▲ %1 over 3× fair") : tr("▲ %1 above chance")).arg(n_over);
    if (n_dead > 0) parts << (model_->is_long_range() ? tr("✕ %1 dead") : tr("✕ %1 unused")).arg(n_dead);
    return parts.isEmpty() ? tr("No load stands out") : parts.join(QStringLiteral("   "));
}

QString LoadByRankView::words_of(std::size_t rank) const {
    QString words = tr("Expert %1, rank %2 of %3\n%4 of %5, %6 × the fair share %7")
                        .arg(model_->loads[rank].expert)
                        .arg(rank + 1)
                        .arg(model_->loads.size())
                        .arg(grouped(model_->loads[rank].load), tokens_text(model_->n_tokens),
                             fixed_number(model_->multiple(rank), 2), number_of(model_->limits.fair));
    if (model_->is_over(rank))
        words += model_->is_long_range()
                     ? tr("\nOver 3 times the fair share")
                     : tr("\nAbove the 97.5 % quantile of the largest load if routing were uniform");
    if (model_->is_dead(rank))
        words +=
            model_->loads[rank].load == 0 ? tr("\nUnused") : tr("\nDead: at most a tenth of the fair share");
    return words;
}

std::optional<std::size_t> LoadByRankView::selected_rank() const {
    return model_ && selected_ ? model_->rank_of(*selected_) : std::nullopt;
}

QRectF LoadByRankView::field() const {
    const double top = kHeadHeight + kLegendHeight + 4;
    return {kScaleWidth, top, std::max(1.0, static_cast<double>(width() - kScaleWidth - kSide)),
            std::max(1.0, height() - top - kMarksHeight - kFootHeight)};
}

double LoadByRankView::scale_end() const {
    const double largest = std::max(2.0, model_->multiple(0));
    const double step = step_for(largest);
    return std::ceil(largest / step) * step;
}

double LoadByRankView::y_of(double multiple) const {
    return field().bottom() - multiple / scale_end() * field().height();
}

QRectF LoadByRankView::bar(std::size_t rank) const {
    const QRectF bars = field();
    const double pitch = bars.width() / static_cast<double>(model_->loads.size());
    const double left = std::round(bars.left() + pitch * static_cast<double>(rank));
    const double right = std::round(bars.left() + pitch * static_cast<double>(rank + 1));
    const double gap = pitch >= kGapFrom ? 1 : 0;
    const double top = model_->loads[rank].load == 0
                           ? bars.bottom()
                           : std::min(bars.bottom() - 1, std::round(y_of(model_->multiple(rank))));
    return {left, top, std::max(1.0, right - left - gap), bars.bottom() - top};
}

bool LoadByRankView::has_expert_numbers() const {
    const double widest =
        QFontMetricsF(digits_of(theme_)).horizontalAdvance(QString::number(model_->loads.size() - 1));
    return field().width() / static_cast<double>(model_->loads.size()) >= widest + kNumberGap;
}

std::optional<std::size_t> LoadByRankView::rank_at(QPointF position) const {
    if (!model_ || model_->loads.empty() || position.y() < field().top() - 4) return std::nullopt;
    const double place = (position.x() - field().left()) / field().width();
    if (place < 0 || place >= 1) return std::nullopt;
    return static_cast<std::size_t>(place * static_cast<double>(model_->loads.size()));
}

void LoadByRankView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.surface);
    if (!model_ || model_->loads.empty()) return;
    painter.setPen(theme_.border);
    painter.drawLine(0, 0, width(), 0);
    paint_head(painter);
    paint_scale(painter);
    paint_bars(painter);
    paint_dead(painter);
    paint_fair(painter);
    paint_names(painter);
    paint_foot(painter);
    if (hasFocus()) {
        painter.setPen(QPen(theme_.accent, 2));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

void LoadByRankView::paint_head(QPainter& painter) const {
    const QRectF head(kSide, 0, width() - 2 * kSide, kHeadHeight);
    const QString title = tr("Layer %1").arg(model_->layer_name);
    painter.setFont(theme_.title);
    painter.setPen(theme_.text_1);
    painter.drawText(head, Qt::AlignLeft | Qt::AlignVCenter, title);
    const double title_width = painter.fontMetrics().horizontalAdvance(title) + 8;
    painter.setFont(theme_.caption);
    painter.setPen(theme_.text_3);
    const QString subject = tr("load by rank");
    painter.drawText(head.adjusted(title_width, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, subject);
    const QString source = tr("derived from experts");
    const double source_width = painter.fontMetrics().horizontalAdvance(source);
    if (title_width + painter.fontMetrics().horizontalAdvance(subject) + 16 + source_width <= head.width())
        painter.drawText(head, Qt::AlignRight | Qt::AlignVCenter, source);
    // What stands out, in words: colour is never the only cue.
    const QRectF legend(kSide, kHeadHeight - 4, head.width(), kLegendHeight);
    double left = 0;
    for (const QString& part : summary().split(QStringLiteral("   "))) {
        painter.setPen(part.startsWith(QStringLiteral("▲"))   ? theme_.over_text
                       : part.startsWith(QStringLiteral("✕")) ? theme_.dead
                                                              : theme_.text_3);
        painter.drawText(legend.adjusted(left, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, part);
        left += painter.fontMetrics().horizontalAdvance(part) + 12;
    }
    if (const std::optional<std::size_t> rank = selected_rank()) {
        painter.setFont(digits_of(theme_));
        painter.setPen(theme_.accent);
        painter.drawText(
            legend.adjusted(left, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter,
            tr("E%1  %2×").arg(model_->loads[*rank].expert).arg(fixed_number(model_->multiple(*rank), 2)));
    }
}

void LoadByRankView::paint_scale(QPainter& painter) const {
    painter.setFont(digits_of(theme_));
    const double step = step_for(std::max(2.0, model_->multiple(0)));
    for (double multiple = 0; multiple <= scale_end(); multiple += step) {
        const double y = std::round(y_of(multiple)) + 0.5;
        painter.setPen(multiple == 0 ? theme_.border_strong : theme_.border);
        painter.drawLine(QPointF(field().left(), y), QPointF(field().right(), y));
        painter.setPen(theme_.text_3);
        const QString text = multiple == 0 ? QStringLiteral("0") : tr("%1×").arg(multiple);
        painter.drawText(QRectF(0, y - 8, kScaleWidth - 8, 16), Qt::AlignRight | Qt::AlignVCenter, text);
    }
}

void LoadByRankView::paint_bars(QPainter& painter) const {
    const std::optional<std::size_t> selected = selected_rank();
    if (selected) {
        const QRectF one = bar(*selected);
        painter.fillRect(QRectF(one.left() - 1, field().top(), one.width() + 2, field().height()),
                         theme_.soft);
    }
    for (std::size_t rank = model_->loads.size();
         rank-- > 0;) {  // where they share a pixel the larger one is seen
        const QRectF one = bar(rank);
        painter.fillRect(one, model_->is_over(rank) ? theme_.over_bar : theme_.bar);
        if (!model_->is_over(rank) || one.width() < kShapesFrom) continue;
        const QPointF tip(one.center().x(), one.top() - 7);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.over_bar);
        painter.drawPolygon(QPolygonF({tip, tip + QPointF(3.5, 5), tip + QPointF(-3.5, 5)}));
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    if (selected) {
        const QRectF one = bar(*selected);
        painter.fillRect(QRectF(one.center().x() - std::max(2.0, one.width() / 2), field().bottom() + 1,
                                std::max(4.0, one.width()), 2),
                         theme_.accent);
    }
}

void LoadByRankView::paint_dead(QPainter& painter) const {
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t rank = model_->loads.size(); rank-- > 0 && model_->is_dead(rank);) {
        const QRectF one = bar(rank);
        const double y = field().bottom() + 4;
        if (one.width() < kShapesFrom) {
            painter.fillRect(QRectF(one.left(), y - 1, one.width() + 1, 3), theme_.dead);  // neighbours join
            continue;
        }
        painter.setPen(QPen(theme_.dead, 1.4));
        const QPointF center(one.center().x(), y + 1);
        painter.drawLine(center + QPointF(-2.5, -2.5), center + QPointF(2.5, 2.5));
        painter.drawLine(center + QPointF(-2.5, 2.5), center + QPointF(2.5, -2.5));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void LoadByRankView::paint_fair(QPainter& painter) const {
    const double y = std::round(y_of(1)) + 0.5;
    painter.setPen(QPen(theme_.text_2, 1, Qt::DashLine));
    painter.drawLine(QPointF(field().left(), y), QPointF(field().right(), y));
    painter.setFont(theme_.caption);
    painter.setPen(theme_.text_2);
    painter.drawText(QRectF(field().left(), y - 16, field().width(), 14), Qt::AlignRight | Qt::AlignVCenter,
                     tr("fair share %1").arg(number_of(model_->limits.fair)));
}

// Beside the tops of the largest ones, as far as the next bars leave room.
void LoadByRankView::paint_names(QPainter& painter) const {
    if (has_expert_numbers()) return;
    painter.setFont(digits_of(theme_));
    painter.setPen(theme_.over_text);
    const QFontMetricsF metrics(painter.font());
    double free_from = 0;  // pixels left of it are taken
    for (std::size_t rank = 0; rank < model_->loads.size() && model_->is_over(rank); ++rank) {
        const QString name = QStringLiteral("E%1").arg(model_->loads[rank].expert);
        const QRectF one = bar(rank);
        const QRectF box(one.right() + 3, std::max(field().top(), one.top() - 2),
                         metrics.horizontalAdvance(name), metrics.height());
        if (box.left() < free_from || box.right() > field().right()) continue;
        std::size_t next = rank + 1;
        while (next < model_->loads.size() && bar(next).left() < box.right() &&
               bar(next).top() >= box.bottom())
            ++next;
        if (next < model_->loads.size() && bar(next).left() < box.right()) continue;
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, name);
        free_from = box.right() + 3;
    }
}

void LoadByRankView::paint_foot(QPainter& painter) const {
    const QRectF foot(field().left(), height() - kFootHeight, field().width(), kFootHeight - 4);
    painter.setFont(digits_of(theme_));
    painter.setPen(theme_.text_3);
    if (!has_expert_numbers()) {
        painter.drawText(foot, Qt::AlignLeft | Qt::AlignVCenter, tr("rank 1"));
        painter.drawText(foot, Qt::AlignRight | Qt::AlignVCenter, grouped(model_->loads.size()));
        return;
    }
    painter.drawText(QRectF(0, foot.top(), kScaleWidth - 8, foot.height()), Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("E"));
    const std::optional<std::size_t> selected = selected_rank();
    for (std::size_t rank = 0; rank < model_->loads.size(); ++rank) {
        painter.setPen(rank == selected ? theme_.accent : theme_.text_3);
        const double center = bar(rank).center().x();
        painter.drawText(QRectF(center - 20, foot.top(), 40, foot.height()), Qt::AlignCenter,
                         QString::number(model_->loads[rank].expert));
    }
}

void LoadByRankView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    if (const auto rank = rank_at(event->position())) Q_EMIT expert_chosen(model_->loads[*rank].expert);
}

void LoadByRankView::keyPressEvent(QKeyEvent* event) {
    if (!model_ || model_->loads.empty()) return QWidget::keyPressEvent(event);
    const std::size_t last = model_->loads.size() - 1;
    const std::optional<std::size_t> rank = selected_rank();
    std::size_t next = rank.value_or(0);
    switch (event->key()) {
        case Qt::Key_Left:
            if (next > 0) --next;
            break;
        case Qt::Key_Right:
            if (rank && next < last) ++next;
            break;
        case Qt::Key_Home:
            next = 0;
            break;
        case Qt::Key_End:
            next = last;
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    Q_EMIT expert_chosen(model_->loads[next].expert);
}

bool LoadByRankView::event(QEvent* event) {
    // The window's commands have these keys too; here they move along the ranks.
    if (keeps_key(event, {Qt::Key_Left, Qt::Key_Right, Qt::Key_Home, Qt::Key_End})) return true;
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto rank = rank_at(help->pos());
        QToolTip::showText(help->globalPos(), rank ? words_of(*rank) : whatsThis(), this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace moe::app
