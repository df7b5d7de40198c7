#pragma once

#include <string>
#include <vector>

#include "render/frame_input.h"
#include "render/scene/mark.h"
#include "render/scene/text_mark.h"

namespace moe::render {

/// What stands over a picture that no window shows: its name and the legend.
struct PictureTitle {
    TextStrip texts;
    Marks bar;  ///< the legend's colours
};

/// The picture of a frame as an SVG document: neighbouring pixels of one colour as one shape, text as text,
/// the same bytes each time. The input's label strips and overlay are images and left out.
std::string frame_svg(const FrameInput& input, const PictureTitle& title);

}  // namespace moe::render
