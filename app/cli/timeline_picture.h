#pragma once

#include <string>

#include "app/cli/selection_argument.h"
#include "render/scene/timeline_chart.h"

namespace moe::app {

/// Speed, entropy (of the routers or, without scores, of recent loads), overlap and margin along the selected part of a run, in at most `most_bins` stretches of
/// equally many tokens.
Result<render::TimelineChartModel> timeline_picture(const MoetraceReader& trace, const std::string& path,
                                                    const SelectionArgument& argument, std::size_t most_bins);

}  // namespace moe::app
