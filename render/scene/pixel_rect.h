#pragma once

#include <algorithm>

namespace moe::render {

/// A rectangle of device pixels; right and bottom edges are outside.
struct PixelRect {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;

    int right() const { return x + width; }
    int bottom() const { return y + height; }
    PixelRect transposed() const { return {y, x, height, width}; }  ///< x and y change places
    bool is_empty() const { return width <= 0 || height <= 0; }
    bool contains(int px, int py) const { return px >= x && px < right() && py >= y && py < bottom(); }

    PixelRect intersected(const PixelRect& other) const {
        const int left = std::max(x, other.x);
        const int top = std::max(y, other.y);
        return {left, top, std::max(0, std::min(right(), other.right()) - left),
                std::max(0, std::min(bottom(), other.bottom()) - top)};
    }
    bool operator==(const PixelRect&) const = default;
};

}  // namespace moe::render
