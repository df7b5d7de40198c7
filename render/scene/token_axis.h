#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace moe::render {

/// Which tokens the heatmap shows from top to bottom. Everything is whole device pixels and whole
/// tokens, so that every back end decides a pixel alike: `row_pixels` pixels show `row_tokens` tokens,
/// and one of the two is 1.
struct TokenAxis {
    std::int64_t offset_pixels = 0;  ///< from the top of token 0 to the panel's top edge; may be negative
    int row_pixels = 15;             ///< >= 1
    std::int64_t row_tokens = 1;     ///< >= 1; over 1 when rows are folded

    /// The first token of the row under a pixel of the panel; may lie outside the run.
    std::int64_t token_from_pixel(std::int64_t pixel) const {
        const std::int64_t position = pixel + offset_pixels;
        const std::int64_t row =
            position >= 0 ? position / row_pixels : -((-position + row_pixels - 1) / row_pixels);
        return row * row_tokens;
    }
    /// The panel pixel where the row of a token begins.
    std::int64_t pixel_from_token(std::int64_t token) const {
        return token / row_tokens * row_pixels - offset_pixels;
    }

    /// Height of `n_tokens` tokens in pixels.
    std::int64_t height_of(std::int64_t n_tokens) const {
        return (n_tokens + row_tokens - 1) / row_tokens * row_pixels;
    }
    bool is_folded() const { return row_tokens > 1; }
    bool operator==(const TokenAxis&) const = default;
};

}  // namespace moe::render
