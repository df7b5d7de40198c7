#pragma once

#include <string>
#include <vector>

#include "app/viewport/card_look.h"

namespace moe::app {

/// What the hover card says: plain values prepared by the caller.
struct TooltipModel {
    struct Row {
        std::string label;
        std::string value;
        bool is_strong = false;
    };
    render::PixelRect cell;    ///< what it speaks of; never covered
    render::PixelRect bounds;  ///< the card stays inside
    std::string token_text;    ///< painted by Qt into the text cell; empty: the title has none
    int token_text_width = 0;  ///< of it in the text cell, device pixels
    std::string title;         ///< "token 189, layer 4, expert 7"
    std::vector<Row> rows;
    std::string hint;  ///< "Click selects"
};

/// Below and right of `cell`, on the other side where there is no room. Covers the cell only if the card
/// fits on no side of it.
render::PixelRect placed_card(const render::PixelRect& cell, int width, int height,
                              const render::PixelRect& bounds, int gap);

void draw_tooltip(ImDrawList& list, const CardLook& look, const TooltipModel& model);

}  // namespace moe::app
