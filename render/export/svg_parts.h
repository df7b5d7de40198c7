#pragma once

#include <string>
#include <string_view>

#include "render/scene/pixel_rect.h"
#include "render/scene/text_mark.h"
#include "render/scene/theme.h"

namespace moe::render {

/// With two decimals at most.
std::string svg_number(double value);

/// Text for an element or an attribute. Control characters, which XML has not, become spaces.
std::string svg_escaped(std::string_view text);

std::string svg_hex(Color color);

/// The paint of a `part`, "fill" or "stroke", with its opacity where it is not opaque.
std::string svg_paint(const char* part, Color color);

/// The value of `text-anchor`.
const char* svg_anchor(TextAlign align);

/// The first lines: size, a title in words and the ground.
std::string svg_begin(int width, int height, std::string_view title, Color ground);

}  // namespace moe::render
