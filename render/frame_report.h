#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "render/resolve/index_range.h"

namespace moe::render {

/// How many pixels of the heatmap have each code (scene/colormap.h).
using CodeCounts = std::array<std::uint32_t, 256>;

/// A spike that a folded pixel's mean hides (resolve/hidden_spikes.h), the strongest of those that touch.
struct HiddenSpike {
    IndexRange tokens;   ///< of the pixel
    IndexRange columns;  ///< layer * n_experts + position, all of one layer
    std::uint8_t max_code = 0;
    bool operator==(const HiddenSpike&) const = default;
};

/// What a frame tells beside its picture.
struct FrameReport {
    bool wants_more = false;  ///< the input's budget left something out: the same input again goes on
    CodeCounts shown_codes{};
    std::size_t n_hidden_spikes = 0;        ///< pixels of the heatmap that hide one
    std::vector<HiddenSpike> spikes;        ///< marked in the heatmap, in reading order
    std::vector<HiddenSpike> run_spikes;    ///< the strongest of each overview row, in the heatmap's columns
    bool operator==(const FrameReport&) const = default;
};

}  // namespace moe::render
