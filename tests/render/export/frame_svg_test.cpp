#include "render/export/frame_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <regex>

#include "render/renderer.h"
#include "render/scene/panel_layout.h"
#include "tests/render/render_fixture.h"

namespace moe::render {
namespace {

// Opacities are written with two decimals.
constexpr int kRounding = 3;

struct Shape {
    PixelRect rect;
    std::array<int, 3> rgb{};
    double opacity = 1.0;
};

/// The rectangles of a document in their order, the ground first.
std::vector<Shape> rects_of(const std::string& svg, int width, int height) {
    static const std::regex pattern(
        R"re(<rect (?:x="(-?\d+)" y="(-?\d+)" )?width="(\d+)" height="(\d+)" fill="#([0-9a-f]{6})"(?: fill-opacity="([0-9.]+)")?/>)re");
    std::vector<Shape> shapes;
    for (auto it = std::sregex_iterator(svg.begin(), svg.end(), pattern); it != std::sregex_iterator(); ++it) {
        const auto number = [&](std::size_t group) { return (*it)[group].matched ? std::stoi((*it)[group]) : 0; };
        const int rgb = std::stoi((*it)[5], nullptr, 16);
        const PixelRect rect{number(1), number(2), number(3), number(4)};
        shapes.push_back({.rect = rect.intersected({0, 0, width, height}),
                          .rgb = {rgb >> 16, rgb >> 8 & 0xFF, rgb & 0xFF},
                          .opacity = (*it)[6].matched ? std::stod((*it)[6]) : 1.0});
    }
    return shapes;
}

/// Paints them one after the other.
std::vector<double> painted(const std::vector<Shape>& shapes, int width, int height) {
    std::vector<double> pixels(static_cast<std::size_t>(width * height) * 3, 0.0);
    for (const Shape& shape : shapes) {
        for (int y = shape.rect.y; y < shape.rect.bottom(); ++y) {
            for (int x = shape.rect.x; x < shape.rect.right(); ++x) {
                for (std::size_t c = 0; c < 3; ++c) {
                    double& pixel = pixels[static_cast<std::size_t>(y * width + x) * 3 + c];
                    pixel += (shape.rgb[c] - pixel) * shape.opacity;
                }
            }
        }
    }
    return pixels;
}

// The document, painted shape by shape, is the software renderer's picture.
TEST(FrameSvgTest, IsThePictureOfTheRenderer) {
    for (const bool is_folded : {false, true}) {
        FrameInput input = test::synthetic_frame({.n_tokens = is_folded ? std::size_t{9000} : 203}, 900, 620);
        if (is_folded) input.view.tokens = {.offset_pixels = 0, .row_pixels = 1, .row_tokens = 64};
        input.view.selection = {.token = 20, .layer = 2, .expert = {}};
        input.counted = std::pair<std::size_t, std::size_t>{10, 40};
        input.noted_tokens = std::make_shared<const std::vector<std::size_t>>(std::vector<std::size_t>{3, 21});
        const std::string svg = frame_svg(input, {});
        EXPECT_EQ(svg, frame_svg(input, {})) << "the same bytes each time";
        RgbaImage image;
        ASSERT_TRUE(create_software_renderer()->render(input, image).has_value());
        const std::vector<double> pixels = painted(rects_of(svg, 900, 620), 900, 620);
        std::size_t n_far = 0;
        for (std::size_t i = 0; i < pixels.size(); ++i)
            n_far += std::abs(pixels[i] - image.rgba[i / 3 * 4 + i % 3]) > kRounding ? 1 : 0;
        EXPECT_EQ(n_far, 0u) << (is_folded ? "folded" : "plain");
    }
}

TEST(FrameSvgTest, MergesNeighboursOfOneColourAndKeepsTextAsText) {
    FrameInput input = test::synthetic_frame({}, 900, 620);
    PictureTitle title{.texts = {.rect = {0, 0, 900, 34}, .marks = {}}, .bar = {}};
    title.texts.marks.push_back({.box = {8, 0, 400, 34}, .text = "a <model> & more", .role = TextRole::LayerHead});
    const std::string svg = frame_svg(input, title);
    EXPECT_THAT(svg, testing::HasSubstr("<title>a &lt;model&gt; &amp; more</title>"));
    EXPECT_THAT(svg, testing::HasSubstr(">Layer 3</text>"));
    const PanelLayout layout = panel_layout(input);
    const auto is_cell = [&](const Shape& shape) {
        return shape.rect.intersected(layout.heatmap) == shape.rect && shape.rect.height > 2 &&
               shape.rect.height < layout.tokens.row_pixels;
    };
    const auto n_rows = static_cast<std::ptrdiff_t>(layout.heatmap.height / layout.tokens.row_pixels + 1);
    const std::vector<Shape> shapes = rects_of(svg, 900, 620);
    EXPECT_LE(std::ranges::count_if(shapes, is_cell), n_rows * 6 * 2)
        << "a chosen cell is one shape, not one a pixel";
}

}  // namespace
}  // namespace moe::render
