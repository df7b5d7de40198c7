#include "render/scene/label_placement.h"

#include <fmt/format.h>

#include <algorithm>

#include "render/scene/token_label.h"
#include "render/scene/zoom.h"

namespace moe::render {
namespace {

// Logical pixels (SPEC section 4).
constexpr int kTextFromRow = 11;   // lower rows have no text of their own
constexpr int kTickDistance = 48;  // between the gutter's position marks then
constexpr int kTickRight = 98;
constexpr int kTickHeight = 14;
constexpr int kTickWidth = 64;  // across: centred over its token, above the fold's zig-zag
constexpr int kTickBottom = 14;
constexpr std::size_t kLongestLabel = 24;  // characters; the application cuts by width

// The token's bytes: from the trace, else from the plan.
std::string label_of(const FrameInput& input, std::size_t token) {
    if (token < input.trace.n_tokens()) return token_label(input.trace.token(token).bytes, kLongestLabel);
    if (input.planned_tokens && token < input.planned_tokens->size()) {
        return token_label((*input.planned_tokens)[token].bytes, kLongestLabel);
    }
    return {};
}

void add_token_row(const FrameInput& input, const PanelLayout& layout, std::size_t token,
                   std::vector<TextMark>& marks) {
    const int y =
        layout.heatmap.y + static_cast<int>(layout.tokens.pixel_from_token(static_cast<std::int64_t>(token)));
    const int height = layout.tokens.row_pixels;
    const TextDirection direction = layout.is_transposed() ? TextDirection::Up : TextDirection::Right;
    const bool is_selected = input.view.selection.token == token;
    const bool is_hovered = input.view.hover.token == token;
    const Theme& theme = input.theme;
    const PixelRect& index = layout.gutter_index;
    marks.push_back({.box = layout.on_picture({index.x, y, index.width, height}),
                     .text = fmt::format("{}", token),
                     .role = TextRole::SmallNumber,
                     .align = layout.is_transposed() ? TextAlign::Left : TextAlign::Right,
                     .color = is_selected  ? theme.accent
                              : is_hovered ? theme.text_1
                                           : theme.text_3,
                     .bold = is_hovered,
                     .direction = direction});
    std::string label = label_of(input, token);
    if (label.empty()) return;
    const PixelRect& text = layout.gutter_text;
    marks.push_back({.box = layout.on_picture({text.x, y, text.width, height}),
                     .text = std::move(label),
                     .role = TextRole::Token,
                     .color = theme.text_1,
                     .direction = direction});
}

void add_tick(const FrameInput& input, const PanelLayout& layout, std::int64_t token,
              std::vector<TextMark>& marks) {
    const int y = layout.heatmap.y + static_cast<int>(layout.tokens.pixel_from_token(token));
    const int height = layout.px(kTickHeight);
    const int top = std::max(layout.heatmap.y, y - height / 2);
    TextMark mark{.box = {layout.gutter.x, top, layout.px(kTickRight), height},
                  .text = with_thousands(static_cast<std::size_t>(token)),
                  .role = TextRole::SmallNumber,
                  .align = TextAlign::Right,
                  .color = input.theme.text_3};
    if (layout.is_transposed()) {
        const int width = layout.px(kTickWidth);
        const bool is_first = y - width / 2 < layout.heatmap.y;  // the strip ends there
        mark.box = {is_first ? layout.heatmap.y : y - width / 2,
                    layout.heatmap.x - layout.px(kTickBottom) - height, width, height};
        mark.align = is_first ? TextAlign::Left : TextAlign::Center;
    }
    marks.push_back(std::move(mark));
}

// In the middle of what would be the heatmap: a dense model has none.
TextStrip dense_strip(const FrameInput& input, const PanelLayout& layout) {
    TextStrip strip;
    if (!input.trace.has_shape() || input.trace.shape().n_layers > 0) return strip;
    const PixelRect room = layout.on_picture(layout.heatmap);
    const int line = layout.px(20);
    if (room.height < 2 * line) return strip;
    strip.rect = {room.x, room.y + room.height / 2 - line, room.width, 2 * line};
    const PixelRect first{strip.rect.x, strip.rect.y, strip.rect.width, line};
    const PixelRect second{strip.rect.x, strip.rect.y + line, strip.rect.width, line};
    strip.marks = {{.box = first,
                    .text = "A dense model: no router",
                    .role = TextRole::LayerHead,
                    .align = TextAlign::Center,
                    .color = input.theme.text_1,
                    .bold = true},
                   {.box = second,
                    .text = "Every token takes the same way through all layers.",
                    .align = TextAlign::Center,
                    .color = input.theme.text_2}};
    return strip;
}

}  // namespace

bool rows_have_text(const PanelLayout& layout) {
    return !layout.tokens.is_folded() && layout.tokens.row_pixels >= layout.px(kTextFromRow);
}

std::int64_t round_step(std::int64_t least) {
    for (std::int64_t decade = 1;; decade *= 10) {
        for (const std::int64_t factor : {1, 2, 5}) {
            if (decade * factor >= least) return decade * factor;
        }
    }
}

TextStrip gutter_strip(const FrameInput& input, const PanelLayout& layout) {
    TextStrip strip{.rect = layout.on_picture(layout.gutter), .marks = {}};
    const auto visible = visible_tokens(layout.tokens, layout.heatmap.height, n_rows_of(input));
    if (!visible) return strip;
    if (rows_have_text(layout)) {
        for (std::size_t token = visible->first; token < visible->second; ++token) {
            add_token_row(input, layout, token, strip.marks);
        }
        return strip;
    }
    const int distance = layout.px(layout.is_transposed() ? kTickWidth : kTickDistance);
    const std::int64_t rows =
        (distance + layout.tokens.row_pixels - 1) / layout.tokens.row_pixels;
    const std::int64_t step = round_step(rows * layout.tokens.row_tokens);
    const auto first = (static_cast<std::int64_t>(visible->first) + step - 1) / step * step;
    for (std::int64_t token = first; token < static_cast<std::int64_t>(visible->second); token += step) {
        add_tick(input, layout, token, strip.marks);
    }
    return strip;
}

std::vector<TextStrip> text_strips(const FrameInput& input, LoadCounter& counter) {
    const PanelLayout layout = panel_layout(input);
    const LoadPanel load = load_panel(input, layout, counter);
    std::vector<TextStrip> strips{
        layout.is_transposed() ? header_strip_across(input, layout) : header_strip(input, layout),
        gutter_strip(input, layout),
        layout.is_transposed() ? load_strip_across(input, layout, load) : load_strip(input, layout, load),
        dense_strip(input, layout)};
    std::erase_if(strips, [](const TextStrip& strip) { return strip.rect.is_empty(); });
    return strips;
}

std::vector<TextStrip> text_strips(const FrameInput& input) {
    LoadCounter counter;
    return text_strips(input, counter);
}

}  // namespace moe::render
