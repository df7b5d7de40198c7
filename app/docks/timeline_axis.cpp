#include "app/docks/timeline_axis.h"

#include <bit>
#include <cmath>

namespace moe::app {

namespace {

constexpr std::size_t kFewestPlaces = 64;

/// A power of two while one fits the axis, else 1, 2 or 5 times a power of ten.
std::size_t tick_step(std::size_t n_places, double tokens_min) {
    if (std::has_single_bit(n_places)) {
        std::size_t step = 1;
        while (static_cast<double>(step) < tokens_min) step *= 2;
        return step;
    }
    for (std::size_t power = 1;; power *= 10) {
        for (const std::size_t factor : {1, 2, 5}) {
            if (static_cast<double>(power * factor) >= tokens_min) return power * factor;
        }
    }
}

}  // namespace

std::size_t timeline_places(std::size_t n_tokens, bool is_live) {
    if (!is_live) return std::max<std::size_t>(n_tokens, 1);
    return std::max(kFewestPlaces, std::bit_ceil(n_tokens + 1));
}

std::vector<std::size_t> timeline_ticks(const TimelineAxis& axis, double pixels_min) {
    const std::size_t step =
        tick_step(axis.n_places, pixels_min * static_cast<double>(axis.n_places) / axis.width);
    std::vector<std::size_t> ticks;
    for (std::size_t tick = 0; tick <= axis.n_places; tick += step) ticks.push_back(tick);
    return ticks;
}

std::vector<TimelineColumn> timeline_columns(const TimelineAxis& axis, std::size_t n_tokens) {
    const auto n_pixels = static_cast<std::size_t>(std::max(1.0, axis.width));
    const std::size_t n_together = (axis.n_places + n_pixels - 1) / n_pixels;
    std::vector<TimelineColumn> columns;
    for (std::size_t first = 0; first < n_tokens; first += n_together) {
        const std::size_t end = std::min(first + n_together, n_tokens);
        columns.push_back({.first = first,
                           .end = end,
                           .center = axis.pixel_from_token(static_cast<double>(first + end) / 2)});
    }
    return columns;
}

}  // namespace moe::app
