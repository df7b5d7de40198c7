#pragma once

#include <cstddef>
#include <cstdint>

namespace moe::render {

/// Which layers and experts the heatmap, its header and the load histogram show from left to right: one
/// axis for all of them, so that a bar stands under its column. Whole device pixels: `column_pixels`
/// pixels show `column_experts` experts, and one of the two is 1.
struct ExpertAxis {
    bool fits_width = true;          ///< the layout chooses the scale so that every column is visible
    std::int64_t offset_pixels = 0;  ///< from the left of layer 0 to the panel's left edge
    int column_pixels = 8;           ///< >= 1
    int column_experts = 1;          ///< >= 1; over 1 when columns are folded
    int gap_pixels = 10;             ///< between layers
    bool operator==(const ExpertAxis&) const = default;
};

}  // namespace moe::render
