#pragma once

#include <QColor>

#include "render/scene/theme.h"

namespace moe::app {

inline QColor qt_color(const render::Color& color) { return QColor(color.r, color.g, color.b, color.a); }

}  // namespace moe::app
