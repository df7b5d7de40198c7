#pragma once

#include <array>
#include <cstdint>

namespace moe::render {

/// How many pixels of the heatmap have each code (scene/colormap.h).
using CodeCounts = std::array<std::uint32_t, 256>;

/// What a frame tells beside its picture.
struct FrameReport {
    bool wants_more = false;  ///< the input's budget left something out: the same input again goes on
    CodeCounts shown_codes{};
    bool operator==(const FrameReport&) const = default;
};

}  // namespace moe::render
