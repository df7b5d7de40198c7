#pragma once

#include <string>

#include "app/viewport/card_look.h"

namespace moe::app {

/// What leads back to a selection that scrolled out of view.
struct SelectionChipModel {
    render::PixelRect bounds;  ///< the heatmap
    std::string token;         ///< its position, "171"
    bool is_before = true;     ///< what is in view
    bool is_across = false;    ///< tokens run across: it is at the left or right, not above or below
};

/// Draws the chip at the edge that it points at. Returns whether it was clicked in this frame.
bool draw_selection_chip(const CardLook& look, const SelectionChipModel& model);

/// Where the chip is, so that a click there is not one on the picture.
render::PixelRect selection_chip_rect(const CardLook& look, const SelectionChipModel& model);

}  // namespace moe::app
