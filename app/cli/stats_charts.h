#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "app/cli/run_stats.h"
#include "render/scene/chart.h"

namespace moe::app {

/// What a chart is drawn with.
struct ChartRequest {
    std::string view;
    std::optional<std::size_t> layer;  ///< the model's block, for views of one layer
    int width = 0;                     ///< logical pixels
    int height = 0;
    render::Theme theme;
};

/// The views that are charts of a run's figures.
inline constexpr std::array<std::string_view, 5> kChartViews{"layers", "balance", "entropy", "coactivation",
                                                             "flow"};
bool is_chart_view(std::string_view view);

/// What must be counted for a view.
RunTally::Options counts_for(std::string_view view);

/// Draws figures of a run. An Error where the trace does not tell what the view shows.
Result<render::Chart> stats_chart(const RunStats& stats, const std::string& path,
                                  const ChartRequest& request);

}  // namespace moe::app
