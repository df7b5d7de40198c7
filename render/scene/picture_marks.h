#pragma once

#include "render/frame_input.h"
#include "render/scene/load_panel.h"
#include "render/scene/mark.h"
#include "render/scene/panel_layout.h"

namespace moe::render {

/// What lies under the heatmap's cells: surfaces, bands of four experts, the selected layer's tint, the
/// hovered row and column, the empty cells of a prompt that was not run.
Marks marks_below(const FrameInput& input, const PanelLayout& layout);

/// What lies over them: hairlines, selection, hover box, the live run's cursor row, the fold's zig-zag,
/// the overview's bracket, and the load panel.
Marks marks_above(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel);

/// The chip in the header that names the hovered expert; empty without one.
PixelRect hover_chip(const FrameInput& input, const PanelLayout& layout);

/// The row of a token on the picture, from the gutter's left to the last column's right; not clipped.
PixelRect row_rect(const PanelLayout& layout, std::size_t token);

/// The block of a layer on the picture over the heatmap's height; not clipped.
PixelRect layer_rect(const PanelLayout& layout, std::size_t layer);

}  // namespace moe::render
