#pragma once

#include <string>

#include "render/export/frame_svg.h"
#include "render/frame_input.h"

namespace moe::app {

/// What stands in the strip over a picture that no window shows: what it is on the left, the colour legend
/// on the right.
render::PictureTitle picture_title(const render::FrameInput& input, const std::string& title);

/// The same as pixels, in one-pixel columns of colour; the strip begins at the picture's left top.
render::LabelStrip painted_title(const render::PictureTitle& title, double scale);

}  // namespace moe::app
