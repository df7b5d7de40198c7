#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/stats/router_entropy.h"
#include "engine/trace/layer_number.h"
#include "render/scene/label_placement.h"
#include "render/scene/picture_marks.h"
#include "render/scene/zoom.h"

namespace moe::render {
namespace {

// Logical pixels.
constexpr int kHeadTop = 4;
constexpr int kHeadHeight = 18;
constexpr int kDigitsTop = 22;
constexpr int kDigitsHeight = 16;
constexpr int kWordFromWidth = 62;   // a narrower layer has its number only
constexpr int kNumberDistance = 16;  // between the numbers of narrow layers
constexpr int kDigitDistance = 22;   // between expert digits
constexpr int kEntropyFromWidth = 122;
constexpr int kGutterHead = 98;
constexpr std::size_t kMostScoresForEntropy = 8192;  // of a layer

void add_layer_head(const FrameInput& input, const PanelLayout& layout, const TraceShape& shape,
                    std::size_t layer, std::vector<TextMark>& marks) {
    const bool is_selected = input.view.selection.layer == layer;
    const PixelRect block = layer_rect(layout, layer);
    const bool has_word = block.width >= layout.px(kWordFromWidth);
    const auto pitch = static_cast<int>(
        std::max<std::int64_t>(1, layout.columns.layer_width(layer) + layout.columns.axis.gap_pixels));
    const std::int64_t step = round_step((layout.px(kNumberDistance) + pitch - 1) / pitch);
    if (!has_word && !is_selected && static_cast<std::int64_t>(layer) % step != 0) return;

    const int wanted = has_word ? block.width : std::max(block.width, layout.px(24));
    const int left = has_word ? block.x + layout.px(3) : block.x + (block.width - wanted) / 2;
    marks.push_back(
        {.box = {left, layout.header.y + layout.px(kHeadTop), wanted, layout.px(kHeadHeight)},
         .text = has_word ? fmt::format("Layer {}", layer_name(shape, layer)) : layer_name(shape, layer),
         .role = has_word ? TextRole::LayerHead : TextRole::SmallNumber,
         .align = has_word ? TextAlign::Left : TextAlign::Center,
         .color = is_selected ? input.theme.accent
                  : has_word  ? input.theme.text_1
                              : input.theme.text_2,
         .bold = has_word});
}

// Beside the head: how many experts are hidden, else the router's entropy.
void add_entropy(const FrameInput& input, const PanelLayout& layout, std::size_t layer,
                 std::vector<TextMark>& marks) {
    const PixelRect block = layer_rect(layout, layer);
    const std::size_t n_hidden = layout.columns.n_experts - layout.columns.n_shown(layer);
    if (n_hidden > 0 && block.width >= layout.px(kEntropyFromWidth)) {
        marks.push_back({.box = {block.x, layout.header.y + layout.px(kHeadTop), block.width - layout.px(4),
                                 layout.px(kHeadHeight)},
                         .text = fmt::format("{} hidden", n_hidden),
                         .align = TextAlign::Right,
                         .color = input.theme.near_text});
        return;
    }
    if (block.width < layout.px(kEntropyFromWidth)) return;
    const std::optional<double> share = entropy_share(input, layout, layer);
    if (!share) return;
    const int top = layout.header.y + layout.px(kHeadTop);
    const int height = layout.px(kHeadHeight);
    const int right = block.right() - layout.px(4);
    const int number = layout.px(28);
    marks.push_back({.box = {right - number, top, number, height},
                     .text = fmt::format("{:.2f}", *share),
                     .role = TextRole::SmallNumber,
                     .align = TextAlign::Right,
                     .color = input.theme.text_3});
    marks.push_back({.box = {right - number - layout.px(48), top, layout.px(44), height},
                     .text = "entropy",
                     .align = TextAlign::Right,
                     .color = input.theme.text_3});
}

void add_digits(const FrameInput& input, const PanelLayout& layout, std::size_t layer,
                std::vector<TextMark>& marks) {
    const ExpertColumns& columns = layout.columns;
    const PixelRect chip = hover_chip(input, layout);
    const int step_pixels = columns.axis.column_pixels;
    std::size_t step = 4;
    while (static_cast<int>(step) * step_pixels / columns.axis.column_experts < layout.px(kDigitDistance))
        step *= 2;
    const int width = layout.px(kDigitDistance);
    for (std::size_t position = 0; position < columns.n_shown(layer); position += step) {
        const std::size_t index = position / static_cast<std::size_t>(columns.axis.column_experts);
        const int x = layout.heatmap.x + static_cast<int>(columns.pixel_from_column(layer, index));
        const PixelRect box{x + step_pixels / 2 - width / 2, layout.header.y + layout.px(kDigitsTop), width,
                            layout.px(kDigitsHeight)};
        const bool is_under_chip = !chip.is_empty() && !box.intersected(chip).is_empty();
        const bool leaves_block =
            position > 0 && box.right() > layer_rect(layout, layer).right() + layout.px(4);
        if (is_under_chip || leaves_block) continue;
        marks.push_back({.box = box,
                         .text = fmt::format("{}", columns.expert_at(layer, position)),
                         .role = TextRole::AxisDigits,
                         .align = TextAlign::Center,
                         .color = input.theme.text_3});
    }
}

void add_gutter_head(const FrameInput& input, const PanelLayout& layout, std::vector<TextMark>& marks) {
    if (layout.heatmap.x - layout.header.x < layout.px(kGutterHead)) return;
    const int top = layout.header.y + layout.px(kDigitsTop);
    const int height = layout.px(kDigitsHeight);
    if (!rows_have_text(layout) || input.panels == Panels::Load) {
        marks.push_back({.box = {layout.header.x, top, layout.px(kGutterHead), height},
                         .text = input.panels == Panels::Load ? "Expert" : "Token",
                         .align = TextAlign::Right,
                         .color = input.theme.text_3});
        return;
    }
    marks.push_back({.box = {layout.header.x, top, layout.px(35), height},
                     .text = "#",
                     .align = TextAlign::Right,
                     .color = input.theme.text_3});
    marks.push_back({.box = {layout.header.x + layout.px(44), top, layout.px(66), height},
                     .text = "Token",
                     .color = input.theme.text_3});
}

}  // namespace

std::string layer_name(const TraceShape& shape, std::size_t layer) {
    return fmt::format("{}", layer_number(shape, layer));
}

std::optional<double> entropy_share(const FrameInput& input, const PanelLayout& layout, std::size_t layer) {
    const std::size_t n_experts = layout.columns.n_experts;
    const auto visible = visible_tokens(layout.tokens, layout.heatmap.height, input.trace.n_routed());
    if (n_experts < 2 || !visible) return std::nullopt;
    if ((visible->second - visible->first) * n_experts > kMostScoresForEntropy) return std::nullopt;
    const auto certainty = mean_router_certainty(input.trace, layer, visible->first, visible->second);
    if (!certainty || !certainty->entropy) return std::nullopt;
    return *certainty->entropy / std::log(static_cast<double>(n_experts));
}

std::optional<TextMark> chip_text(const FrameInput& input, const PanelLayout& layout) {
    const PixelRect chip = hover_chip(input, layout);
    if (chip.is_empty()) return std::nullopt;
    return TextMark{.box = layout.on_picture(chip),
                    .text = fmt::format("E{}", *input.view.hover.expert),
                    .role = TextRole::SmallNumber,
                    .align = TextAlign::Center,
                    .color = input.theme.surface,
                    .bold = true};
}

TextStrip header_strip(const FrameInput& input, const PanelLayout& layout) {
    TextStrip strip{.rect = layout.header, .marks = {}};
    const TraceShape shape = shape_of(input);
    add_gutter_head(input, layout, strip.marks);
    for (std::size_t layer = 0; layer < layout.columns.n_layers; ++layer) {
        const PixelRect block = layer_rect(layout, layer);
        if (block.right() <= layout.heatmap.x || block.x >= layout.heatmap.right()) continue;
        add_layer_head(input, layout, shape, layer, strip.marks);
        add_entropy(input, layout, layer, strip.marks);
        if (layout.columns.is_collapsed(layer)) continue;
        if (block.width >= layout.px(kDigitDistance) * 2) add_digits(input, layout, layer, strip.marks);
    }
    // What is scrolled under the gutter's head must not be written over it.
    std::erase_if(strip.marks, [&](const TextMark& mark) {
        return mark.box.x < layout.heatmap.x - layout.px(16) && mark.box.right() > layout.heatmap.x;
    });
    if (auto chip = chip_text(input, layout)) strip.marks.push_back(std::move(*chip));
    return strip;
}

}  // namespace moe::render
