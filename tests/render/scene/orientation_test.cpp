// The picture whose tokens run across is the other one mirrored: the same cells, codes and bars.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "render/frame_scene.h"
#include "render/renderer.h"
#include "render/scene/label_placement.h"
#include "render/scene/picking.h"
#include "tests/render/render_fixture.h"

namespace moe::render {
namespace {

using test::synthetic_frame;
using test::SyntheticTrace;

FrameInput across(int width, int height, double ratio = 1.0) {
    FrameInput input = synthetic_frame({.n_tokens = 20}, width, height, ratio);
    input.view.orientation = Orientation::TokensAcross;
    return input;
}

struct Point {
    int x = 0;
    int y = 0;
};

// The first pixel of a cell on the picture.
Point corner(const PanelLayout& layout, std::size_t token, std::size_t layer, std::size_t expert) {
    const int along_experts =
        layout.heatmap.x + static_cast<int>(layout.columns.pixel_from_expert(layer, expert).value());
    const int along_tokens =
        layout.heatmap.y +
        static_cast<int>(layout.tokens.pixel_from_token(static_cast<std::int64_t>(token)));
    return layout.is_transposed() ? Point{along_tokens, along_experts} : Point{along_experts, along_tokens};
}

const std::uint8_t* color_at(const RgbaImage& image, Point point) {
    return &image.rgba[(static_cast<std::size_t>(point.y) * static_cast<std::size_t>(image.width) +
                        static_cast<std::size_t>(point.x)) *
                       4];
}

TEST(OrientationTest, FindsEveryCellWhereThePictureHasIt) {
    const FrameInput input = across(980, 738);
    const PanelLayout layout = panel_layout(input);
    for (std::size_t token = 0; token < 20; ++token) {
        for (std::size_t layer = 0; layer < 6; ++layer) {
            for (std::size_t expert = 0; expert < 16; ++expert) {
                const Point point = corner(layout, token, layer, expert);
                const Hit expected{
                    .kind = HitKind::Cell, .cell = {token, layer, expert}, .n_tokens = 1, .n_experts = 1};
                EXPECT_EQ(pick(input, layout, point.x, point.y), expected);
            }
        }
    }
}

TEST(OrientationTest, FindsTheBarBesideTheSameRow) {
    const FrameInput input = across(980, 738);
    const PanelLayout layout = panel_layout(input);
    const PixelRect heatmap = layout.on_picture(layout.heatmap);
    const PixelRect bars = layout.on_picture(layout.load_bars);
    for (int y = heatmap.y; y < heatmap.bottom(); ++y) {
        const Hit cell = pick(input, layout, heatmap.x, y);
        const Hit bar = pick(input, layout, bars.x, y);
        EXPECT_EQ(cell.cell.expert, bar.cell.expert);
        EXPECT_EQ(bar.kind, cell.kind == HitKind::Cell ? HitKind::LoadBar : HitKind::Nothing);
    }
}

TEST(OrientationTest, EveryCellHasTheColorThatItHasTheOtherWay) {
    const std::unique_ptr<Renderer> renderer = create_software_renderer();
    FrameInput lying = across(1230, 900);
    FrameInput standing = lying;
    standing.view.orientation = Orientation::TokensDown;
    RgbaImage lying_image, standing_image;
    ASSERT_TRUE(renderer->render(lying, lying_image));
    ASSERT_TRUE(renderer->render(standing, standing_image));
    const PanelLayout lying_layout = panel_layout(lying), standing_layout = panel_layout(standing);
    for (std::size_t token = 0; token < 20; ++token) {
        for (std::size_t layer = 0; layer < 6; ++layer) {
            for (const std::uint16_t expert : lying.trace.experts(token, layer)) {
                const std::uint8_t* const a =
                    color_at(lying_image, corner(lying_layout, token, layer, expert));
                const std::uint8_t* const b =
                    color_at(standing_image, corner(standing_layout, token, layer, expert));
                EXPECT_TRUE(std::equal(a, a + 4, b)) << token << ' ' << layer << ' ' << expert;
            }
        }
    }
}

// The largest weight under a pixel, as its code.
std::uint8_t largest_code(const TraceSnapshot& trace, const PanelLayout& layout, const Hit& hit) {
    const std::size_t layer = *hit.cell.layer;
    const std::size_t first = layout.columns.position_of(layer, *hit.cell.expert).value();
    std::uint8_t code = 0;
    for (std::size_t token = *hit.cell.token; token < *hit.cell.token + hit.n_tokens; ++token) {
        const auto experts = trace.experts(token, layer);
        const auto weights = trace.weights(token, layer);
        for (std::size_t slot = 0; slot < experts.size(); ++slot) {
            const std::size_t position = layout.columns.position_of(layer, experts[slot]).value();
            if (position >= first && position < first + hit.n_experts)
                code = std::max(code, code_from_value(weights[slot]));
        }
    }
    return code;
}

TEST(OrientationTest, ThePictureAndThePointerMeanTheSameCellInAnyView) {
    std::mt19937 random(5);
    const auto below = [&](std::size_t n) { return static_cast<int>(random() % n); };
    for (int round = 0; round < 60; ++round) {
        const SyntheticTrace options{.n_layers = 1 + random() % 6,
                                     .n_experts = std::size_t{4} << below(5),
                                     .n_tokens = 1 + random() % 300,
                                     .seed = random()};
        FrameInput input = synthetic_frame(options, 420 + below(600), 360 + below(500));
        input.view.orientation = round % 3 == 0 ? Orientation::TokensDown : Orientation::TokensAcross;
        input.view.tokens = round % 4 == 0 ? TokenAxis{.row_pixels = 1, .row_tokens = 1 + below(9)}
                                           : TokenAxis{.row_pixels = 1 + below(28)};
        input.view.tokens.offset_pixels = below(40);
        if (round % 5 == 0)
            input.view.experts = {.fits_width = false, .offset_pixels = below(90), .column_pixels = 1 + below(12)};
        const PanelLayout layout = panel_layout(input);
        SceneBuilder builder;
        const ColoredCodes& shown = builder.build(input).heatmap;
        for (int y = 0; y < shown.rect.height; y += 1 + below(3)) {
            for (int x = 0; x < shown.rect.width; x += 1 + below(3)) {
                const std::uint8_t code = shown.code_at(x, y);
                const Hit hit = pick(input, layout, shown.rect.x + x, shown.rect.y + y);
                if (hit.kind != HitKind::Cell) {
                    ASSERT_EQ(code, 0) << round << ' ' << x << ' ' << y;
                } else if (code != 0) {  // else nothing was chosen, or it is the line between two cells
                    ASSERT_EQ(code, largest_code(input.trace, layout, hit)) << round << ' ' << x << ' ' << y;
                } else if (layout.tokens.row_pixels < 5 && layout.columns.column_pixels(0) < 5) {
                    ASSERT_EQ(largest_code(input.trace, layout, hit), 0) << round << ' ' << x << ' ' << y;
                }
            }
        }
    }
}

TEST(OrientationTest, PanelsStayApartInEverySize) {
    for (const double ratio : {1.0, 1.5, 2.0}) {
        for (int width = 1; width < 1500; width += 61) {
            for (int height = 1; height < 1200; height += 53) {
                const FrameInput input = across(width, height, ratio);
                const PanelLayout layout = panel_layout(input);
                const PixelRect picture{0, 0, width, height};
                const std::vector<PixelRect> panels{layout.strip,   layout.header, layout.gutter,
                                                    layout.heatmap, layout.load,   layout.overview};
                for (std::size_t i = 0; i < panels.size(); ++i) {
                    if (panels[i].is_empty()) continue;
                    const PixelRect shown = layout.on_picture(panels[i]);
                    EXPECT_EQ(shown.intersected(picture), shown) << width << 'x' << height << ' ' << i;
                    for (std::size_t j = i + 1; j < panels.size(); ++j)
                        EXPECT_TRUE(panels[i].intersected(panels[j]).is_empty())
                            << width << 'x' << height << ' ' << i << ' ' << j;
                }
            }
        }
    }
}

TEST(OrientationTest, TokensAreWrittenUpwardsEachInItsColumn) {
    const FrameInput input = across(980, 738);
    const PanelLayout layout = panel_layout(input);
    std::size_t n_upward = 0;
    for (const TextStrip& strip : text_strips(input)) {
        for (const TextMark& mark : strip.marks) {
            if (mark.direction != TextDirection::Up) continue;
            ++n_upward;
            const Hit hit = pick(input, layout, mark.box.x, mark.box.y + mark.box.height / 2);
            EXPECT_EQ(hit.kind, HitKind::GutterToken);
            if (mark.role != TextRole::SmallNumber) continue;
            EXPECT_EQ(mark.text, std::to_string(hit.cell.token.value()));
        }
    }
    EXPECT_GE(n_upward, 20u);
}

}  // namespace
}  // namespace moe::render
