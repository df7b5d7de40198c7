#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace moe::app {

/// Where tokens stand on the timeline: all of a run across the width.
struct TimelineAxis {
    double left = 0;           ///< pixel of token 0's left edge
    double width = 1;          ///< pixels for `n_places` tokens
    std::size_t n_places = 1;  ///< tokens that there is room for

    double pixel_from_token(double token) const {
        return left + token * width / static_cast<double>(n_places);
    }
    /// The token under a pixel, kept in [0, n_tokens); n_tokens > 0.
    std::size_t token_from_pixel(double pixel, std::size_t n_tokens) const {
        const double token = (pixel - left) * static_cast<double>(n_places) / width;
        return static_cast<std::size_t>(std::clamp(token, 0.0, static_cast<double>(n_tokens - 1)));
    }
};

/// Room for the tokens: of a run that may grow the next power of two, so that nothing is rescaled per token.
std::size_t timeline_places(std::size_t n_tokens, bool is_live);

/// Positions to write numbers at: multiples of 1, 2 or 5 times a power of ten (of a power of two where the
/// axis is one), at least `pixels_min` apart.
std::vector<std::size_t> timeline_ticks(const TimelineAxis& axis, double pixels_min);

/// One stretch of tokens that is drawn in one place: a token, or as many as share a pixel.
struct TimelineColumn {
    std::size_t first = 0;
    std::size_t end = 0;
    double center = 0;  ///< pixel
};

/// Every token in turn, at most one column a pixel: what is drawn costs by pixels.
std::vector<TimelineColumn> timeline_columns(const TimelineAxis& axis, std::size_t n_tokens);

}  // namespace moe::app
