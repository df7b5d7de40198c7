#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/scene/chart.h"

namespace moe::render {

/// One figure of every layer as a curve, beside what uniform routing would give.
struct CurvePanel {
    std::string title;
    std::string unit;                           ///< beside the title
    std::vector<std::optional<double>> values;  ///< by layer; a layer without a value is a gap
    std::vector<std::optional<double>> chance;  ///< the same under uniform routing; empty or by layer
    bool starts_at_zero = true;                 ///< else the axis begins near the smallest value
};

struct CurveChartModel {
    std::string title;
    std::string subtitle;
    std::vector<std::string> caption;
    std::vector<std::string> layer_names;
    std::vector<CurvePanel> panels;  ///< one or more, side by side where there is room
    std::string chance_name;         ///< what the dashed lines are
};

Chart curve_chart(const CurveChartModel& model, int width, int height, const Theme& theme);

}  // namespace moe::render
