#include "app/viewport/legend.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "app/viewport/number_text.h"

namespace moe::app {
namespace {

// Logical pixels, from left to right: zero swatch and "0", lower end if it is not 0, bar, upper end, switch.
constexpr double kSwatch = 10.0;
constexpr double kLabelGap = 5.0;
constexpr double kEndLabel = 26.0;
constexpr double kBar = 128.0;
constexpr double kLogSwitch = 30.0;
constexpr double kGap = 6.0;
// From the middle of the strip.
constexpr double kHistogramTop = -12.0;
constexpr double kBarTop = -1.0;
constexpr double kBarBottom = 7.0;
constexpr double kHandle = 5.0;
constexpr float kClosest = 0.02f;  // of the two points

struct Geometry {
    float left = 0;
    float bar_left = 0;
    float bar_right = 0;
    float switch_left = 0;
    float middle = 0;

    float x_of(float value) const { return std::round(bar_left + value * (bar_right - bar_left)); }
    float value_at(float x) const { return std::clamp((x - bar_left) / (bar_right - bar_left), 0.0f, 1.0f); }
};

/// Of the zero swatch with its label.
float zero_width(const CardLook& look) {
    return look.px(kSwatch) + look.px(kLabelGap) + std::ceil(text_size(look.caption, "0").x);
}

/// Room for the upper end: "1.0", or "4.0× fair".
float upper_label_width(const CardLook& look, render::CellMeaning meaning) {
    return meaning == render::CellMeaning::Load ? std::ceil(text_size(look.caption, "00.0\u00D7 fair").x)
                                                : look.px(kEndLabel);
}

Geometry geometry_of(const CardLook& look, render::CellMeaning meaning, float right, float middle) {
    Geometry g{.middle = std::round(middle)};
    g.switch_left = right - look.px(kLogSwitch);
    g.bar_right = g.switch_left - look.px(kGap) - upper_label_width(look, meaning) - look.px(kGap);
    g.bar_left = g.bar_right - look.px(kBar);
    g.left = g.bar_left - look.px(kGap) - look.px(kEndLabel) - look.px(kGap) - zero_width(look);
    return g;
}

/// "0", "1.0", "0.35"; a load as a multiple of the fair share.
std::string end_text(float value, render::CellMeaning meaning) {
    if (meaning == render::CellMeaning::Load)
        return decimals_text(static_cast<double>(value) * render::kLoadAtWhite, 1) + "\u00D7";
    return decimals_text(static_cast<double>(value), value >= 1.0f ? 1 : 2);
}

void draw_histogram(ImDrawList& list, const CardLook& look, const LegendModel& model, const Geometry& g) {
    const std::uint32_t most = model.histogram.empty() ? 0 : std::ranges::max(model.histogram);
    if (most == 0) return;
    const float bottom = g.middle + look.px(kBarTop) - look.hairline();
    const float height = bottom - (g.middle + look.px(kHistogramTop));
    const auto n = static_cast<float>(model.histogram.size());
    const float width = (g.bar_right - g.bar_left) / n;
    for (std::size_t i = 0; i < model.histogram.size(); ++i) {
        if (model.histogram[i] == 0) continue;
        // The root keeps rare values visible; what occurs at all is at least a pixel high.
        const float share = std::sqrt(static_cast<float>(model.histogram[i]) / static_cast<float>(most));
        const float left = g.bar_left + static_cast<float>(i) * width;
        const float top = bottom - std::max(look.hairline(), std::round(share * height));
        list.AddRectFilled({std::round(left), top},
                           {std::max(std::round(left) + 1, std::round(left + width) - 1), bottom},
                           packed(look.theme.text_3));
    }
}

void draw_bar(ImDrawList& list, const CardLook& look, const LegendModel& model, const Geometry& g) {
    const float top = g.middle + look.px(kBarTop);
    const float bottom = g.middle + look.px(kBarBottom);
    const float width = g.bar_right - g.bar_left;
    for (float x = 0; x < width; x += 1.0f) {
        const float value = (x + 0.5f) / width;
        const double position = render::map_position(model.scale, model.meaning, value);
        const render::Color color = render::map_color(look.theme, model.scale.map, position);
        list.AddRectFilled({g.bar_left + x, top}, {g.bar_left + x + 1, bottom}, packed(color));
    }
    const float line = look.hairline();
    draw_outline(list, {g.bar_left - line, top - line}, {g.bar_right + line, bottom + line},
                 look.theme.border_strong, line, 0.0f);
    if (model.meaning != render::CellMeaning::Load) return;
    const float fair = g.x_of(static_cast<float>(1.0 / render::kLoadAtWhite));
    list.AddLine({fair, top - look.px(2)}, {fair, bottom}, packed(look.theme.text_1), look.hairline());
}

/// Draws one handle and returns the value that it is dragged to.
std::optional<float> draw_handle(const CardLook& look, const Geometry& g, const char* name, float value) {
    const float x = g.x_of(value);
    const float half = look.px(kHandle);
    const float top = g.middle + look.px(kBarBottom);
    ImGui::SetCursorScreenPos({x - look.px(12), g.middle + look.px(kHistogramTop)});
    ImGui::InvisibleButton(name, {look.px(24), look.px(27)});
    const bool is_held = ImGui::IsItemActive();
    const ImU32 color = packed(is_held || ImGui::IsItemHovered() ? look.theme.accent : look.theme.text_1);
    ImGui::GetWindowDrawList()->AddTriangleFilled({x, top - look.px(1)}, {x - half, top + half},
                                                  {x + half, top + half}, color);
    if (is_held && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 1.0f))
        return g.value_at(ImGui::GetMousePos().x);
    return std::nullopt;
}

bool draw_log_switch(const CardLook& look, const Geometry& g, bool is_log) {
    const ImVec2 low(g.switch_left, g.middle - look.px(10));
    const ImVec2 high(g.switch_left + look.px(kLogSwitch), g.middle + look.px(10));
    ImGui::SetCursorScreenPos({low.x, g.middle - look.px(12)});
    const bool is_clicked = ImGui::InvisibleButton("log", {high.x - low.x, look.px(24)});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (is_log) list.AddRectFilled(low, high, packed(look.theme.press), look.px(4));
    if (!is_log && ImGui::IsItemHovered())
        list.AddRectFilled(low, high, packed(look.theme.hover), look.px(4));
    draw_outline(list, low, high, look.theme.border_strong, look.hairline(), look.px(4));
    const float width = text_size(look.caption, "log").x;
    draw_text(list, look.caption, (low.x + high.x - width) / 2.0f, g.middle,
              is_log ? look.theme.text_1 : look.theme.text_2, "log");
    return is_clicked;
}

/// A box of the colour that stands for nothing at all, and its label; returns the label's right edge.
float draw_swatch(ImDrawList& list, const CardLook& look, float x, float middle, const render::Color& color,
                  const char* label) {
    const float half = look.px(kSwatch) / 2.0f;
    list.AddRectFilled({x, middle - half}, {x + 2 * half, middle + half}, packed(color), look.px(2));
    draw_outline(list, {x, middle - half}, {x + 2 * half, middle + half}, look.theme.border_strong,
                 look.hairline(), look.px(2));
    return draw_text(list, look.caption, x + 2 * half + look.px(kLabelGap), middle, look.theme.text_2, label);
}

/// Chosen or not has two colours and no range.
void draw_chosen_legend(const CardLook& look, const LegendModel& model, float right, float middle) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const double position = render::map_position(model.scale, model.meaning, 1.0f);
    float x = right - legend_width(look, model);
    x = draw_swatch(list, look, x, middle, look.theme.view, "not chosen") + look.px(12);
    draw_swatch(list, look, x, middle, render::map_color(look.theme, model.scale.map, position), "chosen");
}

std::optional<render::ColorScale> changed_scale(const CardLook& look, const LegendModel& model,
                                                const Geometry& g) {
    render::ColorScale scale = model.scale;
    const auto low = draw_handle(look, g, "black point", scale.low);
    const auto high = draw_handle(look, g, "white point", scale.high);
    if (low) scale.low = std::min(*low, scale.high - kClosest);
    if (high) scale.high = std::max(*high, scale.low + kClosest);
    const ImVec2 corner(g.bar_left - look.px(12), g.middle + look.px(kHistogramTop));
    const ImVec2 far_corner(g.bar_right + look.px(12), g.middle + look.px(15));
    if (ImGui::IsMouseHoveringRect(corner, far_corner) &&
        ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        scale.low = 0.0f;
        scale.high = 1.0f;
    }
    if (draw_log_switch(look, g, scale.is_log)) scale.is_log = !scale.is_log;
    if (scale == model.scale) return std::nullopt;
    return scale;
}

}  // namespace

float legend_width(const CardLook& look, const LegendModel& model) {
    if (model.meaning == render::CellMeaning::Chosen) {
        return 2 * (look.px(kSwatch) + look.px(kLabelGap)) + look.px(12) +
               std::ceil(text_size(look.caption, "not chosenchosen").x);
    }
    return -geometry_of(look, model.meaning, 0.0f, 0.0f).left;
}

std::optional<render::ColorScale> draw_legend(const CardLook& look, const LegendModel& model, float right,
                                              float middle) {
    if (model.meaning == render::CellMeaning::Chosen) {
        draw_chosen_legend(look, model, right, middle);
        return std::nullopt;
    }
    const Geometry g = geometry_of(look, model.meaning, right, middle);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool has_lower_end = model.scale.low > 0.0f;
    const float zero_left = has_lower_end ? g.left : g.bar_left - look.px(kGap) - zero_width(look);
    draw_swatch(list, look, zero_left, g.middle, look.theme.view, "0");
    draw_histogram(list, look, model, g);
    draw_bar(list, look, model, g);
    if (has_lower_end) {
        draw_text_right(list, look.caption, g.bar_left - look.px(kGap), g.middle, look.theme.text_2,
                        end_text(model.scale.low, model.meaning));
    }
    draw_text(list, look.caption, g.bar_right + look.px(kGap), g.middle, look.theme.text_2,
              end_text(model.scale.high, model.meaning) +
                  (model.meaning == render::CellMeaning::Load ? " fair" : ""));
    return changed_scale(look, model, g);
}

}  // namespace moe::app
