#pragma once

#include <array>
#include <cstdint>

#include "render/scene/heatmap_value.h"
#include "render/scene/theme.h"
#include "render/scene/view_state.h"

namespace moe::render {

/// Colours of the 256 codes that a resolved picture is made of. Code 0 is nothing and transparent; all
/// others are opaque or, where the map begins with the view's colour, transparent at its very beginning.
using ColorTable = std::array<Color, 256>;

/// A value in [0, 1] as one byte, 1 to 255. Square-root coded, so that small values keep their
/// differences when the colour scale is narrowed to them.
std::uint8_t code_from_value(float value);
/// The value in the middle of a code's range; code 0 gives 0.
float value_from_code(std::uint8_t code);

/// A value in [-1, 1] as one byte, 1 to 255, 128 being 0; root coded on both sides, and back.
std::uint8_t code_from_signed(float value);
float signed_from_code(std::uint8_t code);

/// The colour map itself at a position in [0, 1], without scale and floor: for legends and bars.
Color map_color(const Theme& theme, ColorMap map, double position);

/// The map of signed values at a position in [-1, 1]: blue below, the view's colour at 0, orange above.
Color diverging_color(const Theme& theme, double position);

/// Where a value lands on the map after black point, white point and logarithm, in [0, 1]; of a signed
/// value how far from the middle, with its sign.
double map_position(const ColorScale& scale, CellMeaning meaning, float value);

/// The colour of a value, with the scale baked in.
Color value_color(const Theme& theme, const ColorScale& scale, CellMeaning meaning, float value);

/// The codes' colours, with the scale baked in.
ColorTable color_table(const Theme& theme, const ColorScale& scale, CellMeaning meaning);

}  // namespace moe::render
