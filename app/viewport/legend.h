#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "app/viewport/card_look.h"
#include "render/scene/colormap.h"

namespace moe::app {

/// What the legend shows: which colour means which value, and how often the values in view occur.
struct LegendModel {
    std::span<const std::uint32_t> histogram;  ///< bins from 0 to 1; empty: nothing is known
    render::ColorScale scale;
    render::CellMeaning meaning = render::CellMeaning::Weight;
};

/// Colour bar under its histogram, a handle for black and one for white point, a switch for the
/// logarithm, and zero as a swatch of its own; right edge at `right`. A double click resets the range.
/// Returns the scale that the user set in this frame.
std::optional<render::ColorScale> draw_legend(const CardLook& look, const LegendModel& model, float right,
                                              float middle);
float legend_width(const CardLook& look, const LegendModel& model);

}  // namespace moe::app
