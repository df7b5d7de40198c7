#include "app/cli/picture_title.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/viewport/label_strip.h"
#include "render/resolve/resolve.h"
#include "render/scene/colormap.h"
#include "render/scene/panel_layout.h"
#include "render/scene/text_mark.h"
#include "render/scene/value_histogram.h"

namespace moe::app {
namespace {

// Logical pixels.
constexpr int kMargin = 12;
constexpr int kLegendWidth = 130;
constexpr int kLegendHeight = 10;
constexpr int kNumberWidth = 52;
constexpr int kNameWidth = 150;
constexpr int kLeastTitle = 80;  // a narrower one says nothing

/// What the bar's ends stand for.
std::pair<std::string, std::string> end_texts(const render::ColorScale& scale, render::CellMeaning meaning,
                                              std::size_t n_experts) {
    const bool is_load =
        meaning == render::CellMeaning::Load || meaning == render::CellMeaning::LoadDifference;
    const auto text = [&](float value) {
        return fmt::format("{:.3g}{}", render::number_from_value(meaning, value, n_experts),
                           is_load ? "\u00D7" : "");
    };
    if (render::is_signed(meaning)) return {"\u2212" + text(scale.high), "+" + text(scale.high)};
    return {text(scale.low), text(scale.high)};
}

render::TextMark mark(const render::PixelRect& box, std::string text, render::TextRole role,
                      render::TextAlign align, render::Color color) {
    return {.box = box, .text = std::move(text), .role = role, .align = align, .color = color};
}

/// The width that the legend takes from the title, with the value's name or without.
int legend_room(const render::PanelLayout& layout, bool has_name) {
    return layout.px(kLegendWidth + 2 * kNumberWidth + 2 * kMargin + (has_name ? kNameWidth : 0));
}

/// The bar of colours with what it stands for; `bar` is where the colours go.
void add_legend(const render::FrameInput& input, const render::PanelLayout& layout,
                const render::PixelRect& bar, render::CellMeaning meaning, render::TextStrip& texts) {
    const render::PixelRect strip = layout.on_picture(layout.strip);
    const auto [low, high] = end_texts(input.view.scale, meaning, layout.columns.n_experts);
    const render::HeatmapValue shown = render::shown_value(input.trace, input.view.value);
    const auto box = [&](int left, int right) {
        return render::PixelRect{left, 0, right - left, strip.height};
    };
    const int numbers_left = bar.x - layout.px(kNumberWidth);
    const int names_left = numbers_left - layout.px(kNameWidth);
    const render::Theme& theme = input.theme;
    if (legend_room(layout, /*has_name=*/true) <= strip.width)
        texts.marks.push_back(mark(box(names_left, numbers_left), render::info_of(shown).name,
                                   render::TextRole::Caption, render::TextAlign::Right, theme.text_2));
    texts.marks.push_back(mark(box(numbers_left, bar.x - layout.px(6)), low, render::TextRole::SmallNumber,
                               render::TextAlign::Right, theme.text_3));
    texts.marks.push_back(mark(box(bar.right() + layout.px(6), strip.right()), high,
                               render::TextRole::SmallNumber, render::TextAlign::Left, theme.text_3));
}

}  // namespace

render::PictureTitle picture_title(const render::FrameInput& input, const std::string& title) {
    const render::PanelLayout layout = render::panel_layout(input);
    const render::PixelRect strip = layout.on_picture(layout.strip);
    if (strip.is_empty()) return {};
    const render::CellMeaning meaning = render::cell_meaning(render::heatmap_request(input, layout));
    const bool has_legend =
        input.panels == render::Panels::All && legend_room(layout, /*has_name=*/false) <= strip.width;
    const int bar_width = layout.px(kLegendWidth);
    const render::PixelRect bar{strip.right() - layout.px(kMargin + kNumberWidth) - bar_width,
                                (strip.height - layout.px(kLegendHeight)) / 2, bar_width,
                                layout.px(kLegendHeight)};
    const int title_left = layout.px(kMargin);
    const int title_right =
        has_legend ? bar.x - layout.px(kNumberWidth + kNameWidth + kMargin) : strip.right();
    render::PictureTitle result{.texts = {.rect = strip, .marks = {}}, .bar = {}};
    if (!has_legend || title_right - title_left >= layout.px(kLeastTitle))
        result.texts.marks.push_back(mark({title_left, 0, title_right - title_left, strip.height}, title,
                                          render::TextRole::LayerHead, render::TextAlign::Left,
                                          input.theme.text_1));
    if (!has_legend) return result;
    add_legend(input, layout, bar, meaning, result.texts);
    for (int x = 0; x < bar.width; ++x) {
        const double place = static_cast<double>(x) / std::max(1, bar.width - 1);
        const render::Color color = render::is_signed(meaning)
                                        ? render::diverging_color(input.theme, 2.0 * place - 1.0)
                                        : render::map_color(input.theme, input.view.scale.map, place);
        render::add_rect(result.bar, {bar.x + x, bar.y, 1, bar.height}, strip, color);
    }
    return result;
}

render::LabelStrip painted_title(const render::PictureTitle& title, double scale) {
    render::RgbaImage image = paint_strip(title.texts, scale);
    for (const render::Mark& mark : title.bar) {
        for (int y = mark.rect.y; y < mark.rect.bottom(); ++y) {
            std::uint8_t* const pixel =
                &image.rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                             static_cast<std::size_t>(mark.rect.x)) *
                            4];
            pixel[0] = mark.color.r;
            pixel[1] = mark.color.g;
            pixel[2] = mark.color.b;
            pixel[3] = 255;
        }
    }
    return {.rect = title.texts.rect, .image = std::make_shared<const render::RgbaImage>(std::move(image))};
}

}  // namespace moe::app
