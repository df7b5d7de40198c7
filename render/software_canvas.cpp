#include "render/software_canvas.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace moe::render {
namespace {

std::uint8_t* pixel_at(RgbaImage& image, int x, int y) {
    return image.rgba.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                                static_cast<std::size_t>(x)) *
                                   4;
}

PixelRect bounds_of(const RgbaImage& image) { return {0, 0, image.width, image.height}; }

// round(a * b / 255) of bytes, exactly.
unsigned scaled_byte(unsigned a, unsigned b) {
    const unsigned t = a * b + 128;
    return (t + (t >> 8)) >> 8;
}

// Puts a premultiplied colour over an opaque pixel.
void blend(std::uint8_t* pixel, unsigned r, unsigned g, unsigned b, unsigned a) {
    const unsigned rest = 255 - a;
    pixel[0] = static_cast<std::uint8_t>(std::min(255u, r + scaled_byte(pixel[0], rest)));
    pixel[1] = static_cast<std::uint8_t>(std::min(255u, g + scaled_byte(pixel[1], rest)));
    pixel[2] = static_cast<std::uint8_t>(std::min(255u, b + scaled_byte(pixel[2], rest)));
}

// round(s * a + d * (1 - a)) with one rounding, as a blending unit with enough bits does.
std::uint8_t mixed_byte(unsigned source, unsigned target, unsigned alpha) {
    return static_cast<std::uint8_t>((source * alpha + target * (255 - alpha) + 127) / 255);
}

void fill(std::uint8_t* pixel, int width, Color color) {
    const std::array<std::uint8_t, 4> bytes{color.r, color.g, color.b, 255};
    for (int x = 0; x < width; ++x, pixel += 4) std::memcpy(pixel, bytes.data(), bytes.size());
}

}  // namespace

void draw_marks(std::span<const Mark> marks, RgbaImage& image) {
    for (const Mark& mark : marks) {
        const PixelRect rect = mark.rect.intersected(bounds_of(image));
        const Color c = mark.color;
        for (int y = rect.y; y < rect.bottom(); ++y) {
            std::uint8_t* pixel = pixel_at(image, rect.x, y);
            if (c.a == 255) {  // most of the picture: surfaces
                fill(pixel, rect.width, c);
                continue;
            }
            for (int x = 0; x < rect.width; ++x, pixel += 4) {
                pixel[0] = mixed_byte(c.r, pixel[0], c.a);
                pixel[1] = mixed_byte(c.g, pixel[1], c.a);
                pixel[2] = mixed_byte(c.b, pixel[2], c.a);
            }
        }
    }
}

void draw_codes(const ColoredCodes& codes, RgbaImage& image) {
    const PixelRect rect = codes.rect.intersected(bounds_of(image));
    for (int y = rect.y; y < rect.bottom(); ++y) {
        std::uint8_t* pixel = pixel_at(image, rect.x, y);
        for (int x = rect.x; x < rect.right(); ++x, pixel += 4) {
            const Color color = codes.table[codes.code_at(x - codes.rect.x, y - codes.rect.y)];
            if (color.a == 0) continue;
            pixel[0] = color.r;
            pixel[1] = color.g;
            pixel[2] = color.b;
        }
    }
}

void draw_strip(const LabelStrip& strip, RgbaImage& image) {
    if (!strip.image) return;
    const PixelRect place{strip.rect.x, strip.rect.y, strip.image->width, strip.image->height};
    const PixelRect rect = place.intersected(strip.rect).intersected(bounds_of(image));
    for (int y = rect.y; y < rect.bottom(); ++y) {
        const std::size_t line =
            static_cast<std::size_t>(y - place.y) * static_cast<std::size_t>(place.width);
        const std::uint8_t* source =
            strip.image->rgba.data() + (line + static_cast<std::size_t>(rect.x - place.x)) * 4;
        std::uint8_t* pixel = pixel_at(image, rect.x, y);
        for (int x = 0; x < rect.width; ++x, pixel += 4, source += 4) {
            if (source[3] > 0) blend(pixel, source[0], source[1], source[2], source[3]);
        }
    }
}

}  // namespace moe::render
