#include "app/viewport/legend.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "app/viewport/number_text.h"
#include "render/scene/value_histogram.h"

namespace moe::app {
namespace {

// Logical pixels, from left to right: zero swatch and "0", lower end if it is not 0, bar, upper end, switch.
constexpr double kSwatch = 10.0;
constexpr double kLabelGap = 5.0;
constexpr double kEndLabel = 26.0;
constexpr double kSignedEndLabel = 34.0;
constexpr double kBar = 128.0;
constexpr double kCompactBar = 88.0;
constexpr double kSwitchWidth = 30.0;
constexpr double kSwitchGap = 4.0;
constexpr std::size_t kBins = 65;
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
    float lowest = 0;  // value at the bar's left end; -1 where values have a sign

    float x_of(float value) const {
        return std::round(bar_left + (value - lowest) / (1 - lowest) * (bar_right - bar_left));
    }
    float value_at(float x) const { return lowest + (x - bar_left) / (bar_right - bar_left) * (1 - lowest); }
};

/// Of the zero swatch with its label.
float zero_width(const CardLook& look) {
    return look.px(kSwatch) + look.px(kLabelGap) + std::ceil(text_size(look.caption, "0").x);
}

bool is_of_load(render::CellMeaning meaning) {
    return meaning == render::CellMeaning::Load || meaning == render::CellMeaning::LoadDifference;
}

/// Room for the upper end: "1.0", or "4.0× fair".
float upper_label_width(const CardLook& look, render::CellMeaning meaning) {
    if (meaning == render::CellMeaning::LoadDifference)
        return std::ceil(text_size(look.caption, "+0.0\u00D7 fair").x);
    if (meaning == render::CellMeaning::Load) return std::ceil(text_size(look.caption, "00.0\u00D7 fair").x);
    return look.px(kEndLabel);
}

float lower_label_width(const CardLook& look, render::CellMeaning meaning) {
    return look.px(render::is_signed(meaning) ? kSignedEndLabel : kEndLabel);
}

Geometry geometry_of(const CardLook& look, const LegendModel& model, float right, float middle) {
    const render::CellMeaning meaning = model.meaning;
    Geometry g{.middle = std::round(middle)};
    g.switch_left = right - 2 * look.px(kSwitchWidth) - look.px(kSwitchGap);
    const float labels_right = model.is_compact ? right : g.switch_left - look.px(kGap);
    g.bar_right = labels_right - upper_label_width(look, meaning) - look.px(kGap);
    g.bar_left = g.bar_right - look.px(model.is_compact ? kCompactBar : kBar);
    g.left = g.bar_left - look.px(kGap) - lower_label_width(look, meaning) - look.px(kGap) - zero_width(look);
    if (render::is_signed(meaning)) g.lowest = -1;
    return g;
}

/// "0", "1.0", "0.35", "0.004"; a load as a multiple of the fair share; a rank as a whole number.
std::string end_text(float value, const LegendModel& model) {
    const double number = render::number_from_value(model.meaning, value, model.n_experts);
    if (model.meaning == render::CellMeaning::Rank) return decimals_text(number, 0);
    if (is_of_load(model.meaning)) return decimals_text(number, number < 0.1 ? 2 : 1) + "\u00D7";
    return decimals_text(number, value >= 1.0f ? 1 : value >= 0.1f ? 2 : 3);
}

void draw_histogram(ImDrawList& list, const CardLook& look, const LegendModel& model, const Geometry& g) {
    const std::vector<std::uint32_t> bins = render::value_histogram(model.codes, model.meaning, kBins);
    const std::uint32_t most = std::ranges::max(bins);
    if (most == 0) return;
    const float bottom = g.middle + look.px(kBarTop) - look.hairline();
    const float height = bottom - (g.middle + look.px(kHistogramTop));
    const auto n = static_cast<float>(bins.size());
    const float width = (g.bar_right - g.bar_left) / n;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        if (bins[i] == 0) continue;
        // The root keeps rare values visible; what occurs at all is at least a pixel high.
        const float share = std::sqrt(static_cast<float>(bins[i]) / static_cast<float>(most));
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
        const float value = g.value_at(g.bar_left + x + 0.5f);
        const render::Color color = render::value_color(look.theme, model.scale, model.meaning, value);
        list.AddRectFilled({g.bar_left + x, top}, {g.bar_left + x + 1, bottom}, packed(color));
    }
    const float line = look.hairline();
    draw_outline(list, {g.bar_left - line, top - line}, {g.bar_right + line, bottom + line},
                 look.theme.border_strong, line, 0.0f);
    if (!is_of_load(model.meaning) && !render::is_signed(model.meaning)) return;
    const bool is_load = model.meaning == render::CellMeaning::Load;
    const float fair = g.x_of(is_load ? static_cast<float>(1.0 / render::kLoadAtWhite) : 0.0f);
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
        return std::clamp(g.value_at(ImGui::GetMousePos().x), 0.0f, 1.0f);
    return std::nullopt;
}

/// A small button; one that is on is filled. Whether it was clicked.
bool draw_switch(const CardLook& look, float left, float middle, const char* text, bool is_on) {
    const ImVec2 low(left, middle - look.px(10));
    const ImVec2 high(left + look.px(kSwitchWidth), middle + look.px(10));
    ImGui::SetCursorScreenPos({low.x, middle - look.px(12)});
    const bool is_clicked = ImGui::InvisibleButton(text, {high.x - low.x, look.px(24)});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (is_on) list.AddRectFilled(low, high, packed(look.theme.press), look.px(4));
    if (!is_on && ImGui::IsItemHovered()) list.AddRectFilled(low, high, packed(look.theme.hover), look.px(4));
    draw_outline(list, low, high, look.theme.border_strong, look.hairline(), look.px(4));
    const float width = text_size(look.caption, text).x;
    draw_text(list, look.caption, (low.x + high.x - width) / 2.0f, middle,
              is_on ? look.theme.text_1 : look.theme.text_2, text);
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

/// Zero as a swatch of its own, and the numbers at the bar's ends. Signed values have their zero in the bar.
void draw_ends(const CardLook& look, const LegendModel& model, const Geometry& g) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool has_sign = render::is_signed(model.meaning);
    const bool is_rank = model.meaning == render::CellMeaning::Rank;
    const bool has_lower_end = has_sign || is_rank || model.scale.low > 0.0f;
    const float zero_left = has_lower_end ? g.left : g.bar_left - look.px(kGap) - zero_width(look);
    if (!has_sign && !is_rank) draw_swatch(list, look, zero_left, g.middle, look.theme.view, "0");
    std::string low = end_text(has_sign ? model.scale.high : model.scale.low, model);
    std::string high = end_text(model.scale.high, model);
    if (has_sign) low = "\u2212" + low;
    if (has_sign) high = "+" + high;
    if (has_lower_end)
        draw_text_right(list, look.caption, g.bar_left - look.px(kGap), g.middle, look.theme.text_2, low);
    draw_text(list, look.caption, g.bar_right + look.px(kGap), g.middle, look.theme.text_2,
              high + (is_of_load(model.meaning) ? " fair" : ""));
}

void change_by_switches(const CardLook& look, const LegendModel& model, const Geometry& g,
                        render::ColorScale& scale) {
    const auto fitted = render::percentile_range(model.codes, model.meaning, kRangeTail);
    const bool is_fitted = fitted && scale.low == fitted->first && scale.high == fitted->second;
    if (draw_switch(look, g.switch_left, g.middle, "fit", is_fitted) && fitted)
        std::tie(scale.low, scale.high) = *fitted;
    const float log_left = g.switch_left + look.px(kSwitchWidth) + look.px(kSwitchGap);
    if (draw_switch(look, log_left, g.middle, "log", scale.is_log)) scale.is_log = !scale.is_log;
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
    if (!model.is_compact) change_by_switches(look, model, g, scale);
    if (scale == model.scale) return std::nullopt;
    return scale;
}

}  // namespace

float legend_width(const CardLook& look, const LegendModel& model) {
    if (model.meaning == render::CellMeaning::Chosen) {
        return 2 * (look.px(kSwatch) + look.px(kLabelGap)) + look.px(12) +
               std::ceil(text_size(look.caption, "not chosenchosen").x);
    }
    return -geometry_of(look, model, 0.0f, 0.0f).left;
}

std::optional<render::ColorScale> draw_legend(const CardLook& look, const LegendModel& model, float right,
                                              float middle) {
    if (model.meaning == render::CellMeaning::Chosen) {
        draw_chosen_legend(look, model, right, middle);
        return std::nullopt;
    }
    const Geometry g = geometry_of(look, model, right, middle);
    draw_histogram(*ImGui::GetWindowDrawList(), look, model, g);
    draw_bar(*ImGui::GetWindowDrawList(), look, model, g);
    draw_ends(look, model, g);
    return changed_scale(look, model, g);
}

std::optional<TooltipModel> legend_tooltip(const CardLook& look, const LegendModel& model, float right,
                                           float middle) {
    const float half = look.px(14);
    const ImVec2 low(right - legend_width(look, model), middle - half);
    if (!ImGui::IsMouseHoveringRect(low, {right, middle + half}) || ImGui::IsAnyItemActive())
        return std::nullopt;
    TooltipModel card;
    card.cell = {static_cast<int>(low.x), static_cast<int>(low.y), static_cast<int>(right - low.x),
                 static_cast<int>(2 * half)};
    card.title = model.name;
    card.rows = {{.label = "Cell", .value = model.formula}, {.label = "Unit", .value = model.unit}};
    if (!model.fold.empty()) card.rows.push_back({.label = "Pixel", .value = model.fold});
    if (!model.spike.empty()) card.rows.push_back({.label = "Hidden spike", .value = model.spike});
    const bool has_range = model.meaning != render::CellMeaning::Chosen;
    if (has_range) {
        card.rows.push_back({.label = "Fit", .value = "1st to 99th percentile of the pixels in view"});
        card.hint = "Drag the points to set the range, double click resets it";
    }
    return card;
}

}  // namespace moe::app
