#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "render/scene/chart.h"

namespace moe::render {

/// A table of shares drawn as coloured cells.
struct MatrixChartModel {
    std::string title;
    std::string subtitle;              ///< which tokens
    std::vector<std::string> caption;  ///< formula, unit and source, a line each
    std::string row_axis;              ///< what the rows are
    std::string column_axis;
    std::vector<std::string> row_names;
    std::vector<std::string> column_names;
    std::vector<std::optional<double>> values;  ///< [rows, columns], 0 or more; none is left empty
    std::string value_name;                     ///< above the legend
    std::string unit;                           ///< behind a value, " %" or "×"
    double unit_factor = 1.0;                   ///< what a value is shown times
    std::optional<double> chance;               ///< the value under uniform routing
    bool is_square = true;                      ///< cells as high as wide
    bool marks_dead = false;                    ///< a cross where the value is below a tenth of `chance`
    std::string list_title;                     ///< above the list of the largest values
    std::string separator = "\u2192";           ///< between row and column name in that list
    std::vector<bool> is_listed;                ///< by row; empty: values of all rows may be in the list
};

Chart matrix_chart(const MatrixChartModel& model, int width, int height, const Theme& theme);

}  // namespace moe::render
