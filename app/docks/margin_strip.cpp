#include "app/docks/margin_strip.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "app/docks/token_display.h"

namespace moe::app {

namespace {

/// "1st", "22nd", "113th".
QString ordinal(std::size_t number) {
    const std::size_t tens = number % 100;
    const std::size_t ones = tens >= 11 && tens <= 13 ? 0 : number % 10;
    const char* const ending = ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th";
    return grouped(number) + QLatin1String(ending);
}

}  // namespace

QString margin_rank_words(const LayerMargin& margin) {
    if (!margin.rank) return {};
    const QString place =
        margin.rank->rank == 1
            ? QObject::tr("smallest of the layer's %1 margins").arg(grouped(margin.rank->n_margins))
            : QObject::tr("%1 smallest of the layer's %2 margins")
                  .arg(ordinal(margin.rank->rank), grouped(margin.rank->n_margins));
    return margin.is_near_miss ? QObject::tr("Near miss: %1").arg(place)
                               : QObject::tr("%1; near misses are the smallest tenth").arg(place);
}

MarginStrip::MarginStrip(QWidget* parent) : QWidget(parent) {
    setFixedHeight(36);
    setAccessibleName(tr("Margin by layer"));
}

void MarginStrip::set_margins(std::vector<std::optional<LayerMargin>> margins, std::size_t selected) {
    margins_ = std::move(margins);
    selected_ = selected;
    QStringList words;
    for (std::size_t layer = 0; layer < margins_.size(); ++layer) {
        if (margins_[layer] && margins_[layer]->is_near_miss) words << words_of(layer);
    }
    setAccessibleDescription(words.isEmpty() ? tr("No near miss") : words.join(QLatin1Char('\n')));
    update();
}

void MarginStrip::set_theme(const DockTheme& theme) {
    theme_ = theme;
    update();
}

QRectF MarginStrip::field() const { return QRectF(rect()).adjusted(12, 2, -12, -4); }

std::optional<std::size_t> MarginStrip::layer_at(const QPointF& place) const {
    const QRectF bars = field();
    if (margins_.empty() || place.x() < bars.left() || place.x() >= bars.right()) return std::nullopt;
    const double share = (place.x() - bars.left()) / bars.width();
    return std::min(static_cast<std::size_t>(share * static_cast<double>(margins_.size())),
                    margins_.size() - 1);
}

QString MarginStrip::words_of(std::size_t layer) const {
    if (!margins_[layer]) return {};
    const LayerMargin& margin = *margins_[layer];
    const QString words = tr("Layer %1: margin %2").arg(margin.number).arg(fixed_number(margin.margin, 3));
    return margin.rank ? words + QLatin1Char('\n') + margin_rank_words(margin) : words;
}

void MarginStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF bars = field();
    painter.fillRect(QRectF(bars.left(), bars.bottom(), bars.width(), 1), theme_.border_strong);
    if (margins_.empty()) return;
    const double step = bars.width() / static_cast<double>(margins_.size());
    const double gap = step > 4 ? 1 : 0;
    for (std::size_t layer = 0; layer < margins_.size(); ++layer) {
        const double left = bars.left() + step * static_cast<double>(layer);
        if (layer == selected_)
            painter.fillRect(QRectF(left, bars.top(), step - gap, bars.height()), theme_.soft);
        const auto& margin = margins_[layer];
        if (!margin || !margin->share_below) continue;
        const double height = std::max(2.0, *margin->share_below * bars.height());
        painter.fillRect(QRectF(left, bars.bottom() - height, std::max(1.0, step - gap), height),
                         margin->is_near_miss ? theme_.near_bar
                         : layer == selected_ ? theme_.accent
                                              : theme_.bar);
    }
    painter.setPen(QPen(theme_.text_3, 1, Qt::DashLine));
    painter.drawLine(QPointF(bars.left(), bars.center().y()), QPointF(bars.right(), bars.center().y()));
}

void MarginStrip::mousePressEvent(QMouseEvent* event) {
    if (const auto layer = layer_at(event->position())) Q_EMIT layer_chosen(*layer);
}

bool MarginStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto layer = layer_at(help->pos());
    QToolTip::showText(help->globalPos(), layer ? words_of(*layer) : QString(), this);
    return true;
}

}  // namespace moe::app
