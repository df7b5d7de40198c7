#pragma once

#include <array>
#include <cstddef>

#include "render/scene/view_state.h"

namespace moe::render {

/// What the number behind a pixel means, which decides its place on the colour map.
enum class CellMeaning {
    Weight,          ///< of a chosen expert: never below 18 % of the map, so that chosen cells can be counted
    Probability,     ///< of any expert: the whole map
    Chosen,          ///< yes or no: one colour
    Load,            ///< folded mean as a multiple of the uniform load, kLoadAtWhite being 1
    Rank,            ///< 1 - ln rank / ln n_experts: 1 for the best, 0 for the last
    Margin,          ///< signed distance to the cut
    LoadDifference,  ///< signed multiple of the fair share, kLoadAtWhite being 1
};

/// Multiple of the uniform load that a folded mean of 1.0 stands for.
inline constexpr double kLoadAtWhite = 4.0;

/// Whether values go from -1 to 1, 0 in the middle of the diverging map.
bool is_signed(CellMeaning meaning);

/// What a cell may show, in words: one table for menus, cards and the command line.
struct HeatmapValueInfo {
    HeatmapValue value;
    const char* name;      ///< "Applied weight"
    const char* cli_name;  ///< of `moescope render --mode`
    const char* formula;   ///< of one cell
    const char* unit;      ///< of the number; what 0 means where that helps
};

inline constexpr std::size_t kHeatmapValues = 7;
const std::array<HeatmapValueInfo, kHeatmapValues>& heatmap_values();
const HeatmapValueInfo& info_of(HeatmapValue value);

/// How a pixel that stands for several cells sums them up, one line.
const char* fold_formula(CellMeaning meaning, Fold fold);

/// The place of a rank on the scale of CellMeaning::Rank; `rank` counts from 1. And back, rounded.
float value_from_rank(std::size_t rank, std::size_t n_experts);
std::size_t rank_from_value(float value, std::size_t n_experts);

}  // namespace moe::render
