#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"
#include "render/scene/chart.h"

namespace moe::render {

/// The chart as an SVG document: text as text, the same bytes each time.
std::string svg_text(const Chart& chart);

/// Writes the file whole or not at all.
Result<void> write_svg(const std::filesystem::path& path, const Chart& chart);

}  // namespace moe::render
