#include "app/cli/picture_title.h"

#include <memory>

#include "app/viewport/label_strip.h"
#include "render/scene/colormap.h"
#include "render/scene/panel_layout.h"
#include "render/scene/text_mark.h"

namespace moe::app {
namespace {

// Logical pixels.
constexpr int kMargin = 12;
constexpr int kLegendWidth = 130;
constexpr int kLegendHeight = 10;
constexpr int kNumberWidth = 28;
constexpr int kNameWidth = 100;

const char* name_of(render::HeatmapValue value) {
    switch (value) {
        case render::HeatmapValue::AppliedWeight:
            return "Applied weight";
        case render::HeatmapValue::Score:
            return "Score";
        case render::HeatmapValue::Selected:
            break;
    }
    return "Selected";
}

void fill(render::RgbaImage& image, const render::PixelRect& rect, const auto& color_at) {
    const render::PixelRect inside = rect.intersected({0, 0, image.width, image.height});
    for (int y = inside.y; y < inside.bottom(); ++y) {
        for (int x = inside.x; x < inside.right(); ++x) {
            const render::Color color = color_at(x - rect.x);
            std::uint8_t* pixel =
                &image.rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                             static_cast<std::size_t>(x)) *
                            4];
            pixel[0] = color.r;
            pixel[1] = color.g;
            pixel[2] = color.b;
            pixel[3] = 255;
        }
    }
}

}  // namespace

render::LabelStrip picture_title(const render::FrameInput& input, const std::string& title) {
    const render::PanelLayout layout = render::panel_layout(input);
    const render::PixelRect strip = layout.strip;
    const auto px = [&](int logical) { return layout.px(logical); };
    const render::PixelRect bar{strip.right() - px(kMargin + kNumberWidth + kLegendWidth),
                                (strip.height - px(kLegendHeight)) / 2, px(kLegendWidth), px(kLegendHeight)};
    const auto box = [&](int left, int right) {
        return render::PixelRect{left, 0, right - left, strip.height};
    };
    const auto mark = [&](const render::PixelRect& place, std::string text, render::TextRole role,
                          render::TextAlign align, render::Color color) {
        return render::TextMark{
            .box = place, .text = std::move(text), .role = role, .align = align, .color = color};
    };
    const render::Theme& theme = input.theme;
    const int numbers_left = bar.x - px(kNumberWidth);
    render::TextStrip texts{.rect = strip, .marks = {}};
    texts.marks = {
        mark(box(px(kMargin), numbers_left - px(kNameWidth + 12)), title, render::TextRole::LayerHead,
             render::TextAlign::Left, theme.text_1),
        mark(box(numbers_left - px(kNameWidth), numbers_left), name_of(input.view.value),
             render::TextRole::Caption, render::TextAlign::Right, theme.text_2),
        mark(box(numbers_left, bar.x - px(6)), "0", render::TextRole::SmallNumber, render::TextAlign::Right,
             theme.text_3),
        mark(box(bar.right() + px(6), strip.right()), "1.0", render::TextRole::SmallNumber,
             render::TextAlign::Left, theme.text_3),
    };
    render::RgbaImage image = paint_strip(texts, input.pixel_ratio);
    fill(image, bar, [&](int x) {
        const double position = bar.width > 1 ? static_cast<double>(x) / (bar.width - 1) : 0.0;
        return render::map_color(theme, input.view.scale.map, position);
    });
    return {.rect = strip, .image = std::make_shared<const render::RgbaImage>(std::move(image))};
}

}  // namespace moe::app
