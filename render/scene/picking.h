#pragma once

#include "render/frame_input.h"
#include "render/scene/panel_layout.h"

namespace moe::render {

enum class HitKind {
    Nothing,
    Strip,        ///< the application's controls lie there
    LayerHeader,  ///< a layer's head; over the digits also an expert
    GutterToken,  ///< a token's index or text
    Row,          ///< a token's row between two layers
    Cell,         ///< a cell of the heatmap: token, layer and expert are set
    LoadBar,      ///< a bar of the load panel: layer and expert are set
    Overview,     ///< the token that a click there leads to
};

/// What is under a pixel. Where rows or columns are folded, `cell` names the first token and expert and
/// the counts say how many share the pixel: experts are neighbours in the layout's arrangement.
struct Hit {
    HitKind kind = HitKind::Nothing;
    CellRef cell;
    std::size_t n_tokens = 0;
    std::size_t n_experts = 0;
    bool operator==(const Hit&) const = default;
};

/// Pure arithmetic from the layout, no reading back. `x` and `y` are of the picture.
Hit pick(const FrameInput& input, const PanelLayout& layout, int x, int y);

}  // namespace moe::render
