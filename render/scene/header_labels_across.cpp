// The header where tokens run across: layers down its left, the experts' digits beside the heatmap.
#include <fmt/format.h>

#include <algorithm>

#include "render/scene/label_placement.h"
#include "render/scene/picture_marks.h"

namespace moe::render {
namespace {

// Logical pixels.
constexpr int kLeft = 10;
constexpr int kLine = 16;
constexpr int kWordFromHeight = 22;    // a lower layer has its number only
constexpr int kEntropyFromHeight = 40;
constexpr int kNumberDistance = 16;    // between the numbers of low layers
constexpr int kDigitDistance = 13;     // between expert digits
constexpr int kDigitsRight = 5;        // from the heatmap

// A line of text over the header's left part; `top` is a device pixel of the picture.
PixelRect line_at(const PanelLayout& layout, int top) {
    const int left = layout.px(kLeft);
    return {left, top, layout.header_digits.y - left, layout.px(kLine)};
}

void add_layer(const FrameInput& input, const PanelLayout& layout, const TraceShape& shape, std::size_t layer,
               std::vector<TextMark>& marks) {
    const PixelRect block = layer_rect(layout, layer);  // its x runs down the picture
    const bool is_selected = input.view.selection.layer == layer;
    const std::string name = layer_name(shape, layer);
    if (block.width < layout.px(kWordFromHeight)) {
        const auto pitch = static_cast<int>(
            std::max<std::int64_t>(1, layout.columns.layer_width(layer) + layout.columns.axis.gap_pixels));
        const std::int64_t step = round_step((layout.px(kNumberDistance) + pitch - 1) / pitch);
        if (!is_selected && static_cast<std::int64_t>(layer) % step != 0) return;
        marks.push_back({.box = line_at(layout, block.x + (block.width - layout.px(kLine)) / 2),
                         .text = name,
                         .role = TextRole::SmallNumber,
                         .color = is_selected ? input.theme.accent : input.theme.text_2});
        return;
    }
    const int top = block.x + layout.px(2);
    marks.push_back({.box = line_at(layout, top),
                     .text = fmt::format("Layer {}", name),
                     .role = TextRole::LayerHead,
                     .color = is_selected ? input.theme.accent : input.theme.text_1,
                     .bold = true});
    if (block.width < layout.px(kEntropyFromHeight)) return;
    const PixelRect second = line_at(layout, top + layout.px(kLine));
    const std::size_t n_hidden = layout.columns.n_experts - layout.columns.n_shown(layer);
    if (n_hidden > 0) {
        marks.push_back(
            {.box = second, .text = fmt::format("{} hidden", n_hidden), .color = input.theme.near_text});
    } else if (const std::optional<double> share = entropy_share(input, layout, layer)) {
        marks.push_back(
            {.box = second, .text = fmt::format("entropy {:.2f}", *share), .color = input.theme.text_3});
    }
}

void add_digits(const FrameInput& input, const PanelLayout& layout, std::size_t layer,
                std::vector<TextMark>& marks) {
    const ExpertColumns& columns = layout.columns;
    const PixelRect chip = hover_chip(input, layout);
    const PixelRect block = layer_rect(layout, layer);
    const int height = layout.px(kDigitDistance);
    if (block.width < 2 * height) return;  // a lone 0 says nothing
    const int pixels = columns.axis.column_pixels;
    std::size_t step = 1;
    while (static_cast<int>(step) * pixels / columns.axis.column_experts < height) step *= 2;
    for (std::size_t position = 0; position < columns.n_shown(layer); position += step) {
        const std::size_t index = position / static_cast<std::size_t>(columns.axis.column_experts);
        const int middle =
            layout.heatmap.x + static_cast<int>(columns.pixel_from_column(layer, index)) + pixels / 2;
        const PixelRect box{middle - height / 2, layout.header_digits.y, height,
                            layout.header_digits.height - layout.px(kDigitsRight)};
        const bool is_under_chip = !chip.is_empty() && !box.intersected(chip).is_empty();
        if (is_under_chip || (position > 0 && box.right() > block.right() + layout.px(4))) continue;
        marks.push_back({.box = layout.on_picture(box),
                         .text = fmt::format("{}", columns.expert_at(layer, position)),
                         .role = TextRole::AxisDigits,
                         .align = TextAlign::Right,
                         .color = input.theme.text_3});
    }
}

// What the gutter's lines are, at their left.
void add_gutter_names(const FrameInput& input, const PanelLayout& layout, std::vector<TextMark>& marks) {
    const auto add = [&](int begin, int end, const char* text) {
        marks.push_back({.box = {0, begin, layout.heatmap.y - layout.px(8), end - begin},
                         .text = text,
                         .align = TextAlign::Right,
                         .color = input.theme.text_3});
    };
    if (input.panels == Panels::Load)
        return add(layout.heatmap.x - layout.px(20), layout.heatmap.x, "Expert");
    if (!rows_have_text(layout))
        return add(layout.heatmap.x - layout.px(28), layout.heatmap.x - layout.px(14), "Token");
    add(layout.gutter_index.right() - layout.px(kLine), layout.gutter_index.right(), "#");
    add(layout.gutter_text.right() - layout.px(kLine), layout.gutter_text.right(), "Token");
}

}  // namespace

TextStrip header_strip_across(const FrameInput& input, const PanelLayout& layout) {
    TextStrip strip{.rect = layout.on_picture(layout.header), .marks = {}};
    const TraceShape shape = shape_of(input);
    for (std::size_t layer = 0; layer < layout.columns.n_layers; ++layer) {
        const PixelRect block = layer_rect(layout, layer);
        if (block.right() <= layout.heatmap.x || block.x >= layout.heatmap.right()) continue;
        add_layer(input, layout, shape, layer, strip.marks);
        if (!layout.columns.is_collapsed(layer)) add_digits(input, layout, layer, strip.marks);
    }
    // What scrolled half away gives its place to the names of the gutter's lines.
    std::erase_if(strip.marks, [&](const TextMark& mark) {
        return mark.box.y < layout.heatmap.x - layout.px(6) ||
               mark.box.bottom() > layout.heatmap.right() + layout.px(6);
    });
    add_gutter_names(input, layout, strip.marks);
    if (auto chip = chip_text(input, layout)) strip.marks.push_back(std::move(*chip));
    return strip;
}

}  // namespace moe::render
