#pragma once

#include <span>

#include "render/frame_input.h"
#include "render/frame_scene.h"

namespace moe::render {

// The software renderer's strokes: each draws one part of a frame into an opaque image, clipped to it.

void draw_marks(std::span<const Mark> marks, RgbaImage& image);
void draw_codes(const ColoredCodes& codes, RgbaImage& image);
void draw_strip(const LabelStrip& strip, RgbaImage& image);
void draw_overlay(const OverlayMesh& mesh, RgbaImage& image);

}  // namespace moe::render
