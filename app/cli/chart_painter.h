#pragma once

#include "render/frame_input.h"
#include "render/scene/chart.h"

namespace moe::app {

/// The chart as an image of that size, `scale` pixels a logical pixel. Needs a QGuiApplication for the fonts.
render::RgbaImage paint_chart(const render::Chart& chart, int width, int height, double scale);

}  // namespace moe::app
