#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "render/scene/expert_arrangement.h"
#include "render/scene/expert_axis.h"
#include "render/scene/orientation.h"
#include "render/scene/token_axis.h"

namespace moe::render {

/// What a cell of the heatmap says.
enum class HeatmapValue {
    AppliedWeight,   ///< gating weight of the chosen experts
    Score,           ///< the router's score of every expert
    Selected,        ///< chosen or not
    Rank,            ///< of every expert, or of the chosen ones where nothing else is known
    Margin,          ///< of what was ranked: how far the expert is from the other side of the cut
    LoadDifference,  ///< share of the token's choices minus the expert's share over the run
    Entropy,         ///< the router's, of the layer: all of its experts show the same
};

/// How a folded pixel sums up its cells. A rank and a margin are always the largest, a difference always a
/// mean.
enum class Fold {
    Max,
    Mean,
    Count,  ///< how many were chosen, whatever their value
};

enum class ColorMap { Tide, Viridis, Cividis, Magma, Grey };

/// From a value to a place on the colour map: `low` is black point, `high` white point.
struct ColorScale {
    ColorMap map = ColorMap::Tide;
    float low = 0.0f;
    float high = 1.0f;
    bool is_log = false;
    bool operator==(const ColorScale&) const = default;
};

/// One cell; which parts are set says what is meant: a token, a token's layer, or one expert there.
struct CellRef {
    std::optional<std::size_t> token;
    std::optional<std::size_t> layer;  ///< on the trace's layer axis
    std::optional<std::size_t> expert;
    bool operator==(const CellRef&) const = default;
};

/// What the user sees and points at.
struct ViewState {
    Orientation orientation = Orientation::TokensDown;
    TokenAxis tokens;
    ExpertAxis experts;
    std::shared_ptr<const ExpertArrangement> arrangement;  ///< of the experts; null: all by id
    HeatmapValue value = HeatmapValue::AppliedWeight;
    Fold fold = Fold::Max;
    ColorScale scale;
    CellRef selection;
    CellRef hover;
    bool operator==(const ViewState&) const = default;
};

}  // namespace moe::render
