#pragma once

#include <array>
#include <cstdint>

#include "render/scene/theme.h"
#include "render/scene/view_state.h"

namespace moe::render {

/// What the number behind a pixel means, which decides its place on the colour map.
enum class CellMeaning {
    Weight,       ///< of a chosen expert: never below 18 % of the map, so that chosen cells can be counted
    Probability,  ///< of any expert: the whole map
    Chosen,       ///< yes or no: one colour
    Load,         ///< folded mean as a multiple of the uniform load, kLoadAtWhite being 1
};

/// Multiple of the uniform load that a folded mean of 1.0 stands for.
inline constexpr double kLoadAtWhite = 4.0;

/// Colours of the 256 codes that a resolved picture is made of. Code 0 is nothing and transparent; all
/// others are opaque or, where the map begins with the view's colour, transparent at its very beginning.
using ColorTable = std::array<Color, 256>;

/// A value in [0, 1] as one byte, 1 to 255. Square-root coded, so that small values keep their
/// differences when the colour scale is narrowed to them.
std::uint8_t code_from_value(float value);
/// The value in the middle of a code's range; code 0 gives 0.
float value_from_code(std::uint8_t code);

/// The colour map itself at a position in [0, 1], without scale and floor: for legends and bars.
Color map_color(const Theme& theme, ColorMap map, double position);

/// Where a value lands on the map after black point, white point and logarithm, in [0, 1].
double map_position(const ColorScale& scale, CellMeaning meaning, float value);

/// The codes' colours, with the scale baked in.
ColorTable color_table(const Theme& theme, const ColorScale& scale, CellMeaning meaning);

}  // namespace moe::render
