#pragma once

#include <cstddef>
#include <cstdint>

namespace moe::render {

/// The overview's scale: the whole run on one panel, which keeps its scale while the run grows until it
/// is full, and then folds the next of 1, 2, 3, 4, 6, 8, 12 ... tokens.
struct OverviewAxis {
    int row_pixels = 1;
    std::int64_t row_tokens = 1;

    std::int64_t pixel_from_token(std::int64_t token) const { return token / row_tokens * row_pixels; }
    std::int64_t token_from_pixel(std::int64_t pixel) const { return pixel / row_pixels * row_tokens; }
};

OverviewAxis overview_axis(std::size_t n_rows, int height, double pixel_ratio);

}  // namespace moe::render
