#pragma once

#include <QPainter>

#include "render/scene/theme.h"

namespace moe::app {

// What the theme's controls are drawn from. Logical pixels.

constexpr qreal kControlRadius = 5;

void fill(QPainter* painter, const QRect& rect, const render::Color& color);
/// A filled box whose border lies on whole pixels; a transparent border is none.
void draw_box(QPainter* painter, const QRect& rect, const QColor& inside, const QColor& border);
/// An arrow without a stem, 7 pixels wide: down, up or to the right.
void draw_chevron(QPainter* painter, const QPointF& center, const QColor& color,
                  Qt::ArrowType direction = Qt::DownArrow);

}  // namespace moe::app
