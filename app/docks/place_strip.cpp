#include "app/docks/place_strip.h"

#include <QPainter>
#include <algorithm>

namespace moe::app {

PlaceStrip::PlaceStrip(QWidget* parent) : QWidget(parent) {
    setFixedHeight(44);
    setToolTip(
        tr("Share of the tokens that chose the expert, from the first token of the range to the last.\n"
           "Dashed: the fair share top-k / number of experts."));
    setAccessibleName(tr("Load of the expert by position"));
}

void PlaceStrip::set_values(std::vector<double> values, double fair_share) {
    values_ = std::move(values);
    fair_share_ = fair_share;
    update();
}

void PlaceStrip::set_theme(const DockTheme& theme) {
    theme_ = theme;
    update();
}

void PlaceStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRectF field = QRectF(rect()).adjusted(12, 4, -12, -4);
    painter.fillRect(QRectF(field.left(), field.bottom(), field.width(), 1), theme_.border_strong);
    if (values_.empty()) return;
    const double largest = std::max(2 * fair_share_, *std::ranges::max_element(values_));
    const double step = field.width() / static_cast<double>(values_.size());
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const double height = values_[i] / largest * field.height();
        painter.fillRect(QRectF(field.left() + step * static_cast<double>(i), field.bottom() - height,
                                std::max(1.0, step - 1), height),
                         theme_.bar);
    }
    painter.setPen(QPen(theme_.text_2, 1, Qt::DashLine));
    const double fair = field.bottom() - fair_share_ / largest * field.height();
    painter.drawLine(QPointF(field.left(), fair), QPointF(field.right(), fair));
}

}  // namespace moe::app
