#include "render/scene/mark.h"

#include <algorithm>
#include <cstdlib>

namespace moe::render {

void add_rect(Marks& marks, const PixelRect& rect, const PixelRect& clip, Color color) {
    const PixelRect visible = rect.intersected(clip);
    if (!visible.is_empty() && color.a > 0) marks.push_back({visible, color});
}

void add_frame(Marks& marks, const PixelRect& rect, const PixelRect& clip, int thickness, int corner,
               Color color) {
    const int t = std::min({thickness, rect.width / 2, rect.height / 2});
    add_rect(marks, {rect.x + corner, rect.y, rect.width - 2 * corner, t}, clip, color);
    add_rect(marks, {rect.x + corner, rect.bottom() - t, rect.width - 2 * corner, t}, clip, color);
    const int top = std::max(corner, t);
    add_rect(marks, {rect.x, rect.y + top, t, rect.height - 2 * top}, clip, color);
    add_rect(marks, {rect.right() - t, rect.y + top, t, rect.height - 2 * top}, clip, color);
}

void add_triangle(Marks& marks, int center_x, int base, int size, Tip tip, const PixelRect& clip,
                  Color color) {
    const int n_rows = (size + 1) / 2;
    for (int row = 0; row < n_rows; ++row) {
        const int half = size / 2 - row;
        const int y = tip == Tip::Up ? base - 1 - row : base + row;
        add_rect(marks, {center_x - half, y, 2 * half + 1, 1}, clip, color);
    }
}

void add_diamond(Marks& marks, int center_x, int center_y, int size, const PixelRect& clip, Color color) {
    for (int row = -(size / 2); row <= size / 2; ++row) {
        const int half = size / 2 - std::abs(row);
        add_rect(marks, {center_x - half, center_y + row, 2 * half + 1, 1}, clip, color);
    }
}

void add_cross(Marks& marks, int center_x, int center_y, int size, int thickness, const PixelRect& clip,
               Color color) {
    const int left = center_x - size / 2;
    const int top = center_y - size / 2;
    const int steps = std::max(1, size - 1);
    for (int row = 0; row < size; ++row) {
        const int falling = (2 * row * (size - thickness) + steps) / (2 * steps);
        const int rising = size - thickness - falling;
        const auto [first, second] = std::minmax(falling, rising);
        const int gap = second - first - thickness;
        add_rect(marks, {left + first, top + row, gap > 0 ? thickness : second - first + thickness, 1}, clip,
                 color);
        if (gap > 0) add_rect(marks, {left + second, top + row, thickness, 1}, clip, color);
    }
}

void add_dashes(Marks& marks, const PixelRect& line, int dash, int gap, const PixelRect& clip, Color color) {
    for (int x = line.x; x < line.right(); x += dash + gap) {
        add_rect(marks, {x, line.y, std::min(dash, line.right() - x), line.height}, clip, color);
    }
}

void add_zigzag(Marks& marks, const PixelRect& rect, int thickness, Color color) {
    const int reach = std::max(1, rect.width - thickness);
    for (int row = 0; row < rect.height; ++row) {
        const int x = reach - std::abs(row % (2 * reach) - reach);
        add_rect(marks, {rect.x + x, rect.y + row, thickness, 1}, rect, color);
    }
}

}  // namespace moe::render
