#pragma once

#include <QColor>
#include <array>

namespace moe::app {

/// From less than chance (blue) through chance (the view's colour) to more (orange), with lightness away from
/// the middle even on both sides, for colour-blind eyes too.
std::array<QRgb, 256> diverging_map(bool is_dark);

}  // namespace moe::app
