#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "app/cli/selection_argument.h"
#include "render/scene/path_chart.h"
#include "render/scene/router_chart.h"

namespace moe::app {

/// The path of one token of a run. `token` is its position; without one it is the last that is routed.
/// An Error where the run has no such token.
Result<render::PathChartModel> path_picture(const MoetraceReader& trace, const std::string& path,
                                            const SelectionArgument& argument,
                                            std::optional<std::size_t> token);

/// How a layer's router decided for it; the model's block, the first MoE layer without one.
Result<render::RouterChartModel> router_picture(const MoetraceReader& trace, const std::string& path,
                                                const SelectionArgument& argument,
                                                std::optional<std::size_t> token,
                                                std::optional<std::size_t> layer);

}  // namespace moe::app
