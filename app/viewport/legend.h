#pragma once

#include <optional>
#include <string>

#include "app/viewport/card_look.h"
#include "app/viewport/tooltip.h"
#include "render/frame_report.h"
#include "render/scene/colormap.h"

namespace moe::app {

/// What the legend shows: which colour means which value, and how often the values in view occur.
struct LegendModel {
    render::CodeCounts codes{};  ///< of the pixels in view
    render::ColorScale scale;
    render::CellMeaning meaning = render::CellMeaning::Weight;
    std::size_t n_experts = 0;  ///< of a layer: the last rank
    std::string name;           ///< hovering shows name, formula, unit and how a pixel folds
    std::string formula;
    std::string unit;
    std::string fold;         ///< empty: nothing is folded
    std::string spike;        ///< what a hidden one is; empty: there are none
    bool is_compact = false;  ///< a short bar without the buttons, which the menu has too
};

/// What the button beside the logarithm leaves out of the values in view, on either side.
inline constexpr double kRangeTail = 0.01;

/// Colour bar under its histogram, a handle for black and one for white point, a button that fits the range
/// to the values in view, a switch for the logarithm, and zero as a swatch of its own; right edge at `right`.
/// A double click resets the range. Returns the scale that the user set in this frame.
std::optional<render::ColorScale> draw_legend(const CardLook& look, const LegendModel& model, float right,
                                              float middle);
/// The card that explains the numbers, while the pointer rests on the legend and holds no handle.
std::optional<TooltipModel> legend_tooltip(const CardLook& look, const LegendModel& model, float right,
                                           float middle);
float legend_width(const CardLook& look, const LegendModel& model);

}  // namespace moe::app
