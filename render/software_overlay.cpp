#include <algorithm>
#include <array>
#include <cmath>

#include "render/software_canvas.h"

namespace moe::render {
namespace {

using Vertex = OverlayMesh::Vertex;

// Colour with straight alpha, channels 0 to 1.
struct Rgba {
    float r = 0.0f, g = 0.0f, b = 0.0f, a = 0.0f;
};

Rgba rgba_from_bytes(const std::uint8_t* bytes) {
    return {static_cast<float>(bytes[0]) / 255.0f, static_cast<float>(bytes[1]) / 255.0f,
            static_cast<float>(bytes[2]) / 255.0f, static_cast<float>(bytes[3]) / 255.0f};
}

Rgba rgba_from_vertex(std::uint32_t packed) {
    const std::array<std::uint8_t, 4> bytes{
        static_cast<std::uint8_t>(packed), static_cast<std::uint8_t>(packed >> 8),
        static_cast<std::uint8_t>(packed >> 16), static_cast<std::uint8_t>(packed >> 24)};
    return rgba_from_bytes(bytes.data());
}

// A texel; outside the atlas the edge goes on.
Rgba texel(const RgbaImage& atlas, int x, int y) {
    const auto column = static_cast<std::size_t>(std::clamp(x, 0, atlas.width - 1));
    const auto row = static_cast<std::size_t>(std::clamp(y, 0, atlas.height - 1));
    return rgba_from_bytes(atlas.rgba.data() + (row * static_cast<std::size_t>(atlas.width) + column) * 4);
}

float mix(float a, float b, float share) { return a + (b - a) * share; }

Rgba mix(const Rgba& a, const Rgba& b, float share) {
    return {mix(a.r, b.r, share), mix(a.g, b.g, share), mix(a.b, b.b, share), mix(a.a, b.a, share)};
}

// Bilinear, as the GPU's sampler does it.
Rgba sampled(const RgbaImage* atlas, float u, float v) {
    if (atlas == nullptr || atlas->width == 0 || atlas->height == 0) return {1.0f, 1.0f, 1.0f, 1.0f};
    const float x = u * static_cast<float>(atlas->width) - 0.5f;
    const float y = v * static_cast<float>(atlas->height) - 0.5f;
    const auto left = static_cast<int>(std::floor(x));
    const auto top = static_cast<int>(std::floor(y));
    const float right_share = x - static_cast<float>(left);
    const Rgba above = mix(texel(*atlas, left, top), texel(*atlas, left + 1, top), right_share);
    const Rgba below = mix(texel(*atlas, left, top + 1), texel(*atlas, left + 1, top + 1), right_share);
    return mix(above, below, y - static_cast<float>(top));
}

// Twice the signed area of a, b, p: positive where p lies to the right of a to b, with y down.
double edge(const Vertex& a, const Vertex& b, double px, double py) {
    return (static_cast<double>(b.x) - a.x) * (py - a.y) - (static_cast<double>(b.y) - a.y) * (px - a.x);
}

// Pixels whose centre lies on a top or left edge belong to the triangle, on others not, so that
// neighbours share no pixel.
bool is_top_left(const Vertex& a, const Vertex& b) { return (a.y == b.y && b.x > a.x) || b.y < a.y; }

void blend(std::uint8_t* pixel, const Rgba& color) {
    const auto channel = [&](std::uint8_t target, float source) {
        const float mixed = source * color.a + static_cast<float>(target) / 255.0f * (1.0f - color.a);
        return static_cast<std::uint8_t>(std::clamp(mixed, 0.0f, 1.0f) * 255.0f + 0.5f);
    };
    pixel[0] = channel(pixel[0], color.r);
    pixel[1] = channel(pixel[1], color.g);
    pixel[2] = channel(pixel[2], color.b);
}

struct Triangle {
    Vertex a, b, c;  // clockwise on the screen
    double area = 0.0;
};

void shade(const Triangle& t, const RgbaImage* atlas, const std::array<double, 3>& weights,
           std::uint8_t* pixel) {
    const auto wa = static_cast<float>(weights[0] / t.area);
    const auto wb = static_cast<float>(weights[1] / t.area);
    const auto wc = static_cast<float>(weights[2] / t.area);
    const Rgba ca = rgba_from_vertex(t.a.rgba), cb = rgba_from_vertex(t.b.rgba),
               cc = rgba_from_vertex(t.c.rgba);
    const Rgba texture =
        sampled(atlas, wa * t.a.u + wb * t.b.u + wc * t.c.u, wa * t.a.v + wb * t.b.v + wc * t.c.v);
    blend(pixel,
          {(wa * ca.r + wb * cb.r + wc * cc.r) * texture.r, (wa * ca.g + wb * cb.g + wc * cc.g) * texture.g,
           (wa * ca.b + wb * cb.b + wc * cc.b) * texture.b, (wa * ca.a + wb * cb.a + wc * cc.a) * texture.a});
}

void draw_triangle(Triangle t, const RgbaImage* atlas, const PixelRect& clip, RgbaImage& image) {
    t.area = edge(t.a, t.b, t.c.x, t.c.y);
    if (t.area < 0.0) {
        std::swap(t.b, t.c);
        t.area = -t.area;
    }
    if (!(t.area > 0.0)) return;
    const auto [min_x, max_x] = std::minmax({t.a.x, t.b.x, t.c.x});
    const auto [min_y, max_y] = std::minmax({t.a.y, t.b.y, t.c.y});
    const auto floored = [](float v) {
        return static_cast<int>(std::floor(std::clamp(v, -32768.0f, 32768.0f)));
    };
    const PixelRect box = PixelRect{floored(min_x), floored(min_y), floored(max_x) - floored(min_x) + 1,
                                    floored(max_y) - floored(min_y) + 1}
                              .intersected(clip);
    for (int y = box.y; y < box.bottom(); ++y) {
        for (int x = box.x; x < box.right(); ++x) {
            const double px = x + 0.5;
            const double py = y + 0.5;
            const std::array<double, 3> weights{edge(t.b, t.c, px, py), edge(t.c, t.a, px, py),
                                                edge(t.a, t.b, px, py)};
            const auto is_inside = [](double weight, const Vertex& from, const Vertex& to) {
                return weight > 0.0 || (weight == 0.0 && is_top_left(from, to));
            };
            if (!is_inside(weights[0], t.b, t.c) || !is_inside(weights[1], t.c, t.a) ||
                !is_inside(weights[2], t.a, t.b))
                continue;
            const std::size_t index = static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                                      static_cast<std::size_t>(x);
            shade(t, atlas, weights, image.rgba.data() + index * 4);
        }
    }
}

}  // namespace

void draw_overlay(const OverlayMesh& mesh, RgbaImage& image) {
    for (const OverlayMesh::Draw& draw : mesh.draws) {
        const PixelRect clip = draw.clip.intersected({0, 0, image.width, image.height});
        for (std::uint32_t i = 0; i + 2 < draw.n_indices; i += 3) {
            const std::uint32_t* index = mesh.indices.data() + draw.first_index + i;
            draw_triangle({mesh.vertices[index[0]], mesh.vertices[index[1]], mesh.vertices[index[2]]},
                          mesh.atlas.get(), clip, image);
        }
    }
}

}  // namespace moe::render
