#include "render/scene/label_placement.h"

#include <fmt/format.h>

#include <algorithm>

#include "render/scene/token_label.h"
#include "render/scene/zoom.h"

namespace moe::render {
namespace {

// Logical pixels (SPEC section 4).
constexpr int kIndexRight = 35;
constexpr int kTokenLeft = 44;
constexpr int kTextFromRow = 11;   // lower rows have no text of their own
constexpr int kTickDistance = 48;  // between the gutter's position marks then
constexpr int kTickRight = 98;
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
    const bool is_selected = input.view.selection.token == token;
    const bool is_hovered = input.view.hover.token == token;
    const Theme& theme = input.theme;
    marks.push_back({.box = {layout.gutter.x, y, layout.px(kIndexRight), height},
                     .text = fmt::format("{}", token),
                     .role = TextRole::SmallNumber,
                     .align = TextAlign::Right,
                     .color = is_selected  ? theme.accent
                              : is_hovered ? theme.text_1
                                           : theme.text_3,
                     .bold = is_hovered});
    std::string label = label_of(input, token);
    if (label.empty()) return;
    const int left = layout.gutter.x + layout.px(kTokenLeft);
    marks.push_back({.box = {left, y, layout.heatmap.x - layout.px(8) - left, height},
                     .text = std::move(label),
                     .role = TextRole::Token,
                     .color = theme.text_1});
}

void add_tick(const FrameInput& input, const PanelLayout& layout, std::int64_t token,
              std::vector<TextMark>& marks) {
    const int y = layout.heatmap.y + static_cast<int>(layout.tokens.pixel_from_token(token));
    const int height = layout.px(14);
    const int top = std::max(layout.heatmap.y, y - height / 2);
    marks.push_back({.box = {layout.gutter.x, top, layout.px(kTickRight), height},
                     .text = with_thousands(static_cast<std::size_t>(token)),
                     .role = TextRole::SmallNumber,
                     .align = TextAlign::Right,
                     .color = input.theme.text_3});
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
    TextStrip strip{.rect = layout.gutter, .marks = {}};
    const auto visible = visible_tokens(layout.tokens, layout.heatmap.height, n_rows_of(input));
    if (!visible) return strip;
    if (rows_have_text(layout)) {
        for (std::size_t token = visible->first; token < visible->second; ++token) {
            add_token_row(input, layout, token, strip.marks);
        }
        return strip;
    }
    const std::int64_t rows =
        (layout.px(kTickDistance) + layout.tokens.row_pixels - 1) / layout.tokens.row_pixels;
    const std::int64_t step = round_step(rows * layout.tokens.row_tokens);
    const auto first = (static_cast<std::int64_t>(visible->first) + step - 1) / step * step;
    for (std::int64_t token = first; token < static_cast<std::int64_t>(visible->second); token += step) {
        add_tick(input, layout, token, strip.marks);
    }
    return strip;
}

std::vector<TextStrip> text_strips(const FrameInput& input, LoadCounter& counter) {
    const PanelLayout layout = panel_layout(input);
    std::vector<TextStrip> strips{header_strip(input, layout), gutter_strip(input, layout),
                                  load_strip(input, layout, load_panel(input, layout, counter))};
    std::erase_if(strips, [](const TextStrip& strip) { return strip.rect.is_empty(); });
    return strips;
}

std::vector<TextStrip> text_strips(const FrameInput& input) {
    LoadCounter counter;
    return text_strips(input, counter);
}

}  // namespace moe::render
