#pragma once

#include <optional>
#include <string>

#include "render/scene/chart.h"
#include "render/scene/path_layout.h"

namespace moe::render {

/// What a drawing of a path shows beside the chosen experts.
struct PathStyle {
    bool shows_runner_ups = true;
    bool shows_scores = false;  ///< every expert's score as the colour of its cell
    std::optional<std::size_t> selected_layer = {};
    std::optional<std::size_t> selected_expert = {};
    std::optional<PathHit> hover = {};
};

/// Adds the path to a chart: squares for the chosen experts, size and colour by weight; ribbons from layer to
/// layer, width by the product of the two weights; shares of shared experts and dense branches.
void add_path(Chart& chart, const TokenPath& path, const PathLayout& layout, const PathStyle& style,
              const Theme& theme);

/// The path as a picture of its own.
struct PathChartModel {
    std::string title;
    std::string subtitle;  ///< which token
    TokenPath path;
    PathStyle style = {};
};
Chart path_chart(const PathChartModel& model, int width, int height, const Theme& theme);

/// Why the shares of shared experts and dense branches are not there; empty where they are, or where nothing
/// is missing.
std::string why_no_branches(const TokenPath& path);

}  // namespace moe::render
