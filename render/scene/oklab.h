#pragma once

#include "render/scene/theme.h"

namespace moe::render {

/// A colour in OKLab (Björn Ottosson 2020, "A perceptual color space for image processing"): equal steps look
/// equal.
struct Oklab {
    double lightness = 0.0;  ///< 0 black, 1 white
    double a = 0.0;          ///< green to red
    double b = 0.0;          ///< blue to yellow
};

Oklab oklab_from_srgb(Color color);
/// Opaque; what lies outside sRGB is clipped.
Color srgb_from_oklab(const Oklab& color);
Oklab mixed(const Oklab& from, const Oklab& to, double share);

}  // namespace moe::render
