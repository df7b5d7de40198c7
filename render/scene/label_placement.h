#pragma once

#include "render/scene/load_panel.h"
#include "render/scene/panel_layout.h"
#include "render/scene/text_mark.h"

namespace moe::render {

// The strips that text_strips puts together.

TextStrip header_strip(const FrameInput& input, const PanelLayout& layout);
TextStrip gutter_strip(const FrameInput& input, const PanelLayout& layout);
TextStrip load_strip(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel);

/// Whether each row has its index and text; lower rows share marks of their position.
bool rows_have_text(const PanelLayout& layout);

/// The smallest of 1, 2, 5, 10, 20, 50 ... that is at least `least`.
std::int64_t round_step(std::int64_t least);

}  // namespace moe::render
