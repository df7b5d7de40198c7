#pragma once

#include <string>
#include <vector>

#include "render/scene/chart.h"

namespace moe::render {

/// What titles and captions leave to a chart's content.
struct ChartFrame {
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
};

Chart empty_chart(const std::string& title, int width, int height, const Theme& theme);

constexpr double kLeastContent = 130;  ///< height that most charts need beside a title in large letters

/// Adds the title, a line below it, and the captions at the bottom, in order. Where they would leave the
/// content less than `least_content`, captions, then the line, then the title's size and the title itself are
/// left out.
ChartFrame add_frame(Chart& chart, const std::string& title, const std::string& subtitle,
                     const std::vector<std::string>& caption, const Theme& theme,
                     double least_content = kLeastContent);

}  // namespace moe::render
