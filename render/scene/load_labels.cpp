#include <fmt/format.h>

#include <algorithm>

#include "render/scene/label_placement.h"
#include "render/scene/picture_marks.h"
#include "render/scene/token_label.h"

namespace moe::render {
namespace {

// Logical pixels from the load panel's top.
constexpr int kTitleTop = 7;
constexpr int kScopeTop = 23;
// Logical pixels below the bars.
constexpr int kFirstLine = 11;
constexpr int kSecondLine = 26;
constexpr int kLineHeight = 16;
constexpr int kScopeFromHeight = 102;
constexpr int kCaptionsFromWidth = 104;  // a narrower layer has short ones
constexpr int kFiguresFromWidth = 80;    // or no room for what the figures are
constexpr int kLeft = 12;
constexpr int kAxisRight = 106;  // right edge of the numbers beside the bars

// Places lines of text in the panel.
class LoadLabels {
  public:
    LoadLabels(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel)
        : theme_(input.theme),
          layout_(layout),
          panel_(panel),
          scope_(load_scope(input, "visible rows")),
          strip_{.rect = layout.load, .marks = {}} {}

    // A picture without a gutter has no place for words.
    bool has_gutter() const { return layout_.load_bars.x - layout_.load.x >= layout_.px(kAxisRight); }

    void add_title() {
        add({kLeft, kTitleTop, 80, 18}, "Load",
            {.role = TextRole::LayerHead, .color = theme_.text_1, .bold = true});
        if (!is_low()) add({kLeft, kScopeTop, 90, kLineHeight}, scope_, {.color = theme_.text_2});
    }

    void add_axis() {
        if (panel_.is_empty()) {
            const int y = layout_.load_bars.bottom() - layout_.px(28) - layout_.px(8);
            if (layout_.columns.n_layers > 0)
                add_at(y, kLeft, kAxisRight - kLeft, "fair share",
                       {.align = TextAlign::Right, .color = theme_.text_3});
            return;
        }
        const int top = layout_.load_bars.y - layout_.px(8);
        const int fair_y =
            layout_.load_bars.bottom() - bar_height(panel_, layout_, panel_.fair) - layout_.px(8);
        if (fair_y - top >= layout_.px(kLineHeight - 2))
            add_at(top, kAxisRight - 40, 40, axis_end_text(panel_),
                   {.role = TextRole::AxisDigits, .align = TextAlign::Right, .color = theme_.text_3});
        const bool is_under_title =
            fair_y >= layout_.load.y + layout_.px(is_low() ? kScopeTop : kScopeTop + kLineHeight);
        if (is_under_title)
            add_at(fair_y, kLeft, 58, "fair share", {.align = TextAlign::Right, .color = theme_.text_2});
        add_at(fair_y, 70, kAxisRight - 70, fair_share_text(panel_),
               {.role = TextRole::SmallNumber, .align = TextAlign::Right, .color = theme_.text_1});
    }

    void add_legend() {
        const bool has_shapes = layout_.columns.axis.column_experts == 1;
        if (panel_.is_empty()) return;
        const LoadLegend legend = load_legend(panel_);
        if (!has_shapes) {  // the two rows of marks under the bars
            add_below(-1, kLeft, kAxisRight - kLeft, 11, legend.over,
                      {.role = TextRole::AxisDigits, .align = TextAlign::Right, .color = theme_.text_3});
            add_below(10, kLeft, kAxisRight - kLeft, 11, legend.dead,
                      {.role = TextRole::AxisDigits, .align = TextAlign::Right, .color = theme_.text_3});
            return;
        }
        if (!layout_.load_has_figures) return;
        add_below(kFirstLine, kLeft + 13, 90, kLineHeight, legend.over, {.color = theme_.text_3});
        add_below(kSecondLine, kLeft + 13, 90, kLineHeight, legend.dead, {.color = theme_.text_3});
    }

    void add_layer_figures(std::size_t layer) {
        const PixelRect block = layer_rect(layout_, layer);
        const bool is_visible =
            block.right() > layout_.load_bars.x && block.x >= layout_.load_bars.x - layout_.px(8);
        if (!layout_.load_has_figures || panel_.is_empty() || !is_visible) return;
        if (block.width < layout_.px(kFiguresFromWidth)) return;
        const double violation = panel_.max_violation[layer];
        const bool is_over = (violation + 1.0) * panel_.fair > panel_.over_from;
        const bool has_room = block.width >= layout_.px(kCaptionsFromWidth);
        add_figure(block, kFirstLine, has_room ? "max violation" : "MaxVio", violation, theme_.text_2,
                   is_over ? theme_.over_text : theme_.text_1);
        add_figure(block, kSecondLine, has_room ? "if uniform" : "uniform", panel_.uniform_max_violation,
                   theme_.text_3, theme_.text_3);
    }

    /// Too low for a line below the title.
    bool is_low() const { return layout_.load.height < layout_.px(kScopeFromHeight); }

    TextStrip take() { return std::move(strip_); }

  private:
    void add_figure(const PixelRect& block, int top, const char* caption, double value, Color caption_color,
                    Color value_color) {
        const int y = layout_.load_bars.bottom() + layout_.px(top);
        const int width = block.width - layout_.hairline;
        strip_.marks.push_back({.box = {block.x, y, width - layout_.px(32), layout_.px(kLineHeight)},
                                .text = caption,
                                .color = caption_color});
        strip_.marks.push_back({.box = {block.x, y, width, layout_.px(kLineHeight)},
                                .text = fmt::format("{:.2f}", value),
                                .role = TextRole::SmallNumber,
                                .align = TextAlign::Right,
                                .color = value_color});
    }

    // `logical` counts from the panel's top left.
    void add(const PixelRect& logical, std::string text, TextMark mark) {
        mark.box = {layout_.load.x + layout_.px(logical.x), layout_.load.y + layout_.px(logical.y),
                    layout_.px(logical.width), layout_.px(logical.height)};
        mark.text = std::move(text);
        strip_.marks.push_back(std::move(mark));
    }

    // All logical; `top` counts from the bars' lower edge.
    void add_below(int top, int x, int width, int height, std::string text, TextMark mark) {
        mark.box = {layout_.load.x + layout_.px(x), layout_.load_bars.bottom() + layout_.px(top),
                    layout_.px(width), layout_.px(height)};
        mark.text = std::move(text);
        strip_.marks.push_back(std::move(mark));
    }

    // `top` is a device pixel of the picture, x and width are logical.
    void add_at(int top, int x, int width, std::string text, TextMark mark) {
        mark.box = {layout_.load.x + layout_.px(x), top, layout_.px(width), layout_.px(kLineHeight)};
        mark.text = std::move(text);
        strip_.marks.push_back(std::move(mark));
    }

    const Theme& theme_;
    const PanelLayout& layout_;
    const LoadPanel& panel_;
    std::string scope_;
    TextStrip strip_;
};

}  // namespace

std::string load_scope(const FrameInput& input, const char* visible) {
    if (!input.counted || input.counted->first >= input.counted->second) return visible;
    return fmt::format("tokens {}\u2013{}", input.counted->first, input.counted->second - 1);
}

std::string fair_share_text(const LoadPanel& panel) {
    return panel.fair < 100.0 ? fmt::format("{:.1f}", panel.fair)
                              : with_thousands(static_cast<std::size_t>(panel.fair + 0.5));
}

std::string axis_end_text(const LoadPanel& panel) {
    return panel.is_long_range() ? "4\u00D7" : with_thousands(static_cast<std::size_t>(panel.axis_max));
}

LoadLegend load_legend(const LoadPanel& panel) {
    if (panel.is_long_range()) return {.over = "over 3\u00D7 fair", .dead = "under 0.1\u00D7"};
    return {.over = "above chance", .dead = "unused"};
}

TextStrip load_strip(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel) {
    LoadLabels labels(input, layout, panel);
    if (labels.has_gutter()) {
        labels.add_title();
        labels.add_axis();
        labels.add_legend();
    }
    for (std::size_t layer = 0; layer < layout.columns.n_layers; ++layer) labels.add_layer_figures(layer);
    return labels.take();
}

}  // namespace moe::render
