#include "render/scene/overview_axis.h"

#include <algorithm>

namespace moe::render {

OverviewAxis overview_axis(std::size_t n_rows, int height, double pixel_ratio) {
    const auto n = std::max<std::int64_t>(1, static_cast<std::int64_t>(n_rows));
    const auto tallest_row = std::max<std::int64_t>(1, static_cast<std::int64_t>(2.0 * pixel_ratio));
    OverviewAxis axis;
    for (std::int64_t pixels = tallest_row; pixels >= 1; pixels /= 2) {
        axis.row_pixels = static_cast<int>(pixels);
        if (n * pixels <= height) return axis;
    }
    for (std::int64_t power = 1;; power *= 2) {
        for (const std::int64_t tokens : {power, power + power / 2}) {
            axis.row_tokens = tokens;
            if ((n + tokens - 1) / tokens <= std::max(height, 1)) return axis;
        }
    }
}

}  // namespace moe::render
