#pragma once

#include <vector>

#include "render/scene/pixel_rect.h"
#include "render/scene/theme.h"

namespace moe::render {

/// A filled rectangle. Every drawn shape is made of whole pixels, so that all back ends and sizes agree
/// on which pixels it covers; a triangle or a cross is a few small ones.
struct Mark {
    PixelRect rect;
    Color color;
    bool operator==(const Mark&) const = default;
};

using Marks = std::vector<Mark>;

/// Adds what is inside `clip` of a rectangle.
void add_rect(Marks& marks, const PixelRect& rect, const PixelRect& clip, Color color);

/// Adds a frame of `thickness` inside the rectangle's edge. `corner` pixels are left out at each corner.
void add_frame(Marks& marks, const PixelRect& rect, const PixelRect& clip, int thickness, int corner,
               Color color);

enum class Tip { Up, Down };

/// Adds a triangle whose long side lies on the line `base`, an odd number of `size` pixels wide.
void add_triangle(Marks& marks, int center_x, int base, int size, Tip tip, const PixelRect& clip,
                  Color color);

/// Adds a diamond, an odd number of `size` pixels wide and high.
void add_diamond(Marks& marks, int center_x, int center_y, int size, const PixelRect& clip, Color color);

/// Adds a diagonal cross of `size` by `size` pixels with strokes of `thickness`.
void add_cross(Marks& marks, int center_x, int center_y, int size, int thickness, const PixelRect& clip,
               Color color);

/// Adds a horizontal line of dashes of `dash` pixels with gaps of `gap`.
void add_dashes(Marks& marks, const PixelRect& line, int dash, int gap, const PixelRect& clip, Color color);

/// Adds a vertical zig-zag line of `amplitude` pixels to the right of rect.x along the rectangle's height.
void add_zigzag(Marks& marks, const PixelRect& rect, int thickness, Color color);

}  // namespace moe::render
