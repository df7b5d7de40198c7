#pragma once

#include <string>

#include "render/frame_input.h"

namespace moe::app {

/// Fills the strip over a picture that no window shows: what it is on the left, the colour legend on the
/// right.
render::LabelStrip picture_title(const render::FrameInput& input, const std::string& title);

}  // namespace moe::app
