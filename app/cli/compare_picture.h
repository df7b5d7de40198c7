#pragma once

#include <string>

#include "app/cli/selection_argument.h"
#include "render/scene/compare_chart.h"

namespace moe::app {

/// The selected run and run `other` side by side. An Error where there is no such run, where the selected
/// range is empty, or where the two have other layers or experts.
Result<render::CompareChartModel> compare_picture(const MoetraceReader& trace, const std::string& path,
                                                  const SelectionArgument& argument, RunId other);

}  // namespace moe::app
