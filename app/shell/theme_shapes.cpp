#include "app/shell/theme_shapes.h"

#include "app/shell/theme.h"

namespace moe::app {

void fill(QPainter* painter, const QRect& rect, const render::Color& color) {
    painter->fillRect(rect, to_qcolor(color));
}

void draw_box(QPainter* painter, const QRect& rect, const QColor& inside, const QColor& border) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(inside);
    painter->setPen(border.alpha() == 0 ? QPen(Qt::NoPen) : QPen(border, 1));
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), kControlRadius, kControlRadius);
    painter->restore();
}

void draw_chevron(QPainter* painter, const QPointF& center, const QColor& color, Qt::ArrowType direction) {
    painter->save();
    painter->translate(center);
    painter->rotate(direction == Qt::UpArrow ? 180 : direction == Qt::RightArrow ? -90 : 0);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPolyline(QPolygonF({QPointF(-3.5, -1.75), QPointF(0, 1.75), QPointF(3.5, -1.75)}));
    painter->restore();
}

}  // namespace moe::app
