#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

namespace moe::app {

/// An icon of assets/icons (16 x 16, strokes in currentColor) in a colour, and in another one where it is
/// disabled. Sharp at any scale. A name that does not exist is a bug.
QIcon tinted_icon(const QString& name, const QColor& color, const QColor& disabled);

/// One size of it, device pixels.
QPixmap icon_pixmap(const QString& name, const QColor& color, int pixels, double pixel_ratio);

}  // namespace moe::app
