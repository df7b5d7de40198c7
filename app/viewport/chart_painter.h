#pragma once

#include <QPainter>

#include "render/frame_input.h"
#include "render/scene/chart.h"

namespace moe::app {

/// The font of a chart's text. Needs register_fonts().
QFont chart_font(render::ChartFont role);

/// Paints the chart's shapes, not its ground, in the painter's coordinates. Needs register_fonts().
void paint_chart(QPainter& painter, const render::Chart& chart);

/// The chart as an image of that size, `scale` pixels a logical pixel. Needs a QGuiApplication for the fonts.
render::RgbaImage chart_image(const render::Chart& chart, int width, int height, double scale);

}  // namespace moe::app
