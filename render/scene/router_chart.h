#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/stats/router_ranking.h"
#include "render/scene/chart.h"

namespace moe::render {

/// How one router decided for one token.
struct RouterChartModel {
    std::string title;
    std::string subtitle;
    std::vector<RankedExpert> ranking;  ///< best first
    std::optional<double> margin;       ///< to the runner-up, which stands behind the last chosen one
    bool is_near_miss = false;          ///< known to be a small margin for the layer (MarginSample)
};

/// A bar an expert by rank, the cut behind the chosen ones, the runner-up. As many as there is room for.
Chart router_chart(const RouterChartModel& model, int width, int height, const Theme& theme);

}  // namespace moe::render
