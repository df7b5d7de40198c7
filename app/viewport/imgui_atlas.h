#pragma once

#include <memory>

#include "app/viewport/card_look.h"
#include "render/frame_input.h"

namespace moe::app {

/// Builds the cards' glyph atlas at device size into the present ImGui context with FreeType, sets the
/// fonts and the text cell of `look`, and returns the texture: white with straight alpha.
std::shared_ptr<const render::RgbaImage> build_atlas(CardLook& look);

/// A copy of `atlas` with `text` (as paint_card_text makes it) in the text cell of `look`.
std::shared_ptr<const render::RgbaImage> with_text_cell(const render::RgbaImage& atlas, const CardLook& look,
                                                        const render::RgbaImage& text);

}  // namespace moe::app
