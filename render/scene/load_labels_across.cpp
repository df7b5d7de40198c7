// The load panel's texts where tokens run across: bars lie at the right of their experts, figures behind
// them.
#include <fmt/format.h>

#include <algorithm>

#include "render/scene/label_placement.h"
#include "render/scene/picture_marks.h"

namespace moe::render {
namespace {

// Logical pixels from the panel's corner.
constexpr int kLeft = 12;
constexpr int kTitleTop = 6;
constexpr int kScopeLeft = 52;
constexpr int kLegendLeft = 28;
constexpr int kOverTop = 25;
constexpr int kDeadTop = 41;
constexpr int kLine = 16;
constexpr int kHead = 60;  // what title and legend need
// From the heads of the bars, and from their far ends.
constexpr int kAxisAbove = 22;
constexpr int kFigures = 8;
constexpr int kTwoLinesFromHeight = 34;
constexpr int kOneLineFromHeight = 15;

// Places lines of text on the picture.
class LoadLabelsAcross {
  public:
    LoadLabelsAcross(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel)
        : theme_(input.theme),
          layout_(layout),
          panel_(panel),
          panel_rect_(layout.on_picture(layout.load)),
          bars_(layout.on_picture(layout.load_bars)),
          strip_{.rect = panel_rect_, .marks = {}} {}

    // A picture without room over the bars has no words.
    bool has_head() const { return bars_.y - panel_rect_.y >= layout_.px(kHead); }

    void add_title(const FrameInput& input) {
        add_at(kLeft, kTitleTop, 40,
               {.text = "Load", .role = TextRole::LayerHead, .color = theme_.text_1, .bold = true});
        add_at(kScopeLeft, kTitleTop, 150,
               {.text = load_scope(input, "visible tokens"), .color = theme_.text_2});
    }

    void add_legend() {
        if (panel_.is_empty()) return;
        const LoadLegend legend = load_legend(panel_);
        add_at(kLegendLeft, kOverTop, 100, {.text = legend.over, .color = theme_.text_3});
        add_at(kLegendLeft, kDeadTop, 100, {.text = legend.dead, .color = theme_.text_3});
    }

    // Over the heads of the bars: the fair share at its line, the end of the axis where that leaves room.
    void add_axis() {
        const int top = bars_.y - layout_.px(kAxisAbove);
        const int height = layout_.px(kLine);
        if (panel_.is_empty()) {
            if (layout_.columns.n_layers > 0)
                strip_.marks.push_back({.box = {bars_.x, top, bars_.width, height},
                                        .text = "fair share",
                                        .color = theme_.text_3});
            return;
        }
        const int fair = bar_height(panel_, layout_, panel_.fair);
        const int number = layout_.px(44);
        const int end = std::max(bars_.width, fair + number);
        strip_.marks.push_back({.box = {bars_.x + fair - number / 2, top, number, height},
                                .text = fair_share_text(panel_),
                                .role = TextRole::SmallNumber,
                                .align = TextAlign::Center,
                                .color = theme_.text_1});
        strip_.marks.push_back({.box = {bars_.x + end - number / 2, top, number, height},
                                .text = axis_end_text(panel_),
                                .role = TextRole::AxisDigits,
                                .align = TextAlign::Center,
                                .color = theme_.text_3});
        strip_.marks.push_back(
            {.box = {panel_rect_.x + layout_.px(kLeft), top - height, layout_.px(90), height},
             .text = "fair share",
             .color = theme_.text_2});
    }

    void add_layer_figures(std::size_t layer) {
        const PixelRect block = layer_rect(layout_, layer);
        const bool is_visible = block.right() > bars_.y && block.x >= bars_.y - layout_.px(8);
        if (!layout_.load_has_figures || panel_.is_empty() || !is_visible) return;
        if (block.width < layout_.px(kOneLineFromHeight)) return;
        const double violation = panel_.max_violation[layer];
        const bool is_over = (violation + 1.0) * panel_.fair > panel_.over_from;
        const bool has_two = block.width >= layout_.px(kTwoLinesFromHeight);
        const int top = has_two ? block.x : block.x + (block.width - layout_.px(kLine)) / 2;
        add_figure(top, "max violation", violation, theme_.text_2,
                   is_over ? theme_.over_text : theme_.text_1);
        if (has_two)
            add_figure(top + layout_.px(kLine), "if uniform", panel_.uniform_max_violation, theme_.text_3,
                       theme_.text_3);
    }

    TextStrip take() { return std::move(strip_); }

  private:
    // All logical, from the panel's corner.
    void add_at(int left, int top, int width, TextMark mark) {
        mark.box = {panel_rect_.x + layout_.px(left), panel_rect_.y + layout_.px(top), layout_.px(width),
                    layout_.px(kLine)};
        strip_.marks.push_back(std::move(mark));
    }

    void add_figure(int top, const char* caption, double value, Color caption_color, Color value_color) {
        const int left = bars_.right() + layout_.px(kFigures);
        const PixelRect box{left, top, panel_rect_.right() - layout_.px(kLeft) - left, layout_.px(kLine)};
        strip_.marks.push_back({.box = box, .text = caption, .color = caption_color});
        strip_.marks.push_back({.box = box,
                                .text = fmt::format("{:.2f}", value),
                                .role = TextRole::SmallNumber,
                                .align = TextAlign::Right,
                                .color = value_color});
    }

    const Theme& theme_;
    const PanelLayout& layout_;
    const LoadPanel& panel_;
    const PixelRect panel_rect_, bars_;
    TextStrip strip_;
};

}  // namespace

TextStrip load_strip_across(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel) {
    LoadLabelsAcross labels(input, layout, panel);
    if (labels.has_head()) {
        labels.add_title(input);
        labels.add_legend();
        labels.add_axis();
    }
    for (std::size_t layer = 0; layer < layout.columns.n_layers; ++layer) labels.add_layer_figures(layer);
    return labels.take();
}

}  // namespace moe::render
