#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "render/scene/chart.h"
#include "render/scene/compare_layout.h"
#include "render/scene/compare_rows.h"

namespace moe::render {

/// Two runs row by row: A, what B has more or less, B.
struct CompareModel {
    std::string name_a;
    std::string name_b;
    TraceShape shape;
    std::vector<CompareRow> rows;
    bool has_weights = true;                                 ///< else a chosen expert counts 1
    std::optional<std::size_t> first_different_route = {};   ///< positions
    std::optional<std::size_t> first_different_token = {};
    std::optional<std::size_t> end_of_a = {};  ///< where the text is the same to the end of one
    std::optional<std::size_t> end_of_b = {};
    std::optional<std::size_t> selected_token = {};
    std::optional<std::size_t> selected_layer = {};
};

/// Adds the comparison to a chart.
void add_compare(Chart& chart, const CompareModel& model, const CompareLayout& layout, const Theme& theme);

/// A comparison as a picture of its own. The rows are made for the room that there is.
struct CompareChartModel {
    std::string title;
    std::string subtitle;
    TraceSnapshot a;
    TraceSnapshot b;
    std::size_t first = 0;  ///< positions, half-open
    std::size_t end = 0;
    CompareModel compared;  ///< without rows
};
Chart compare_chart(CompareChartModel model, int width, int height, const Theme& theme);

}  // namespace moe::render
