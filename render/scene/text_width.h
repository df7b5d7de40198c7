#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "render/scene/chart.h"

namespace moe::render {

/// The width of a line of a chart in logical pixels: the sum of the advances in the program's own fonts.
/// Kerning is left out, which makes a painted line a little narrower. A character that they lack counts as
/// wide as such characters get. `utf8` is valid.
double text_width(std::string_view utf8, ChartFont font);

/// Logical pixels from the top of the tallest letter to the bottom of the lowest one.
double text_height(ChartFont font);

/// The line where it fits into `width`, else its beginning with an ellipsis, else nothing.
std::string text_cut(const std::string& text, ChartFont font, double width);

/// The first of `words` that fits into `width`; empty where none does. Longer ones go first.
std::string first_fitting(const std::vector<std::string>& words, ChartFont font, double width);

/// The text broken between words into lines of at most `width`; a word that is wider is cut.
std::vector<std::string> text_lines(const std::string& text, ChartFont font, double width);

}  // namespace moe::render
