#include "app/viewport/view_controls.h"

#include <algorithm>
#include <array>

#include "app/viewport/choice_box.h"
#include "render/resolve/resolve.h"

namespace moe::app {
namespace {

constexpr double kSide = 10.0;
constexpr double kGap = 8.0;
constexpr double kBusyBar = 2.0;
constexpr const char* kAbsent = "not in this trace";

void draw_ground(const CardLook& look, const ViewControlsModel& model) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const auto left = static_cast<float>(model.strip.x);
    const auto right = static_cast<float>(model.strip.right());
    const auto bottom = static_cast<float>(model.strip.bottom());
    list.AddRectFilled({left, static_cast<float>(model.strip.y)}, {right, bottom},
                       packed(look.theme.surface));
    list.AddRectFilled({left, bottom - look.hairline()}, {right, bottom}, packed(look.theme.border));
    if (model.busy_text.empty()) return;
    const bool is_known = model.busy_share >= 0;
    const auto end =
        left + (right - left) * static_cast<float>(is_known ? std::min(model.busy_share, 1.0) : 1.0);
    list.AddRectFilled({left, bottom - look.px(kBusyBar)}, {end, bottom},
                       packed(is_known ? look.theme.accent : look.theme.accent.with_alpha(0.45)));
}

bool can_show(const ViewControlsModel& model, render::HeatmapValue value) {
    if (value == render::HeatmapValue::AppliedWeight) return model.has_weights;
    const bool needs_scores = value == render::HeatmapValue::Score || value == render::HeatmapValue::Margin ||
                              value == render::HeatmapValue::Entropy;
    return !needs_scores || model.has_scores;
}

/// Draws the box "Show" and moves `x` behind it.
void draw_value_choice(const CardLook& look, const ViewControlsModel& model, float middle, float& x,
                       PictureOptions& options) {
    std::array<Choice, render::kHeatmapValues> choices{};
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const render::HeatmapValueInfo& info = render::heatmap_values()[i];
        choices[i] = {info.name, can_show(model, info.value) ? nullptr : kAbsent};
    }
    const ChoiceBoxModel box{
        .caption = "Show", .choices = choices, .current = static_cast<std::size_t>(model.shown)};
    if (const auto chosen = draw_choice_box(look, box, x, middle))
        options.value = static_cast<render::HeatmapValue>(*chosen);
    x += choice_box_width(look, box) + look.px(kGap);
}

void draw_fold_choice(const CardLook& look, float middle, float& x, PictureOptions& options) {
    static constexpr std::array<Choice, 3> kFolds{Choice{"Max", nullptr}, Choice{"Mean", nullptr},
                                                  Choice{"Count", nullptr}};
    const ChoiceBoxModel box{
        .caption = "Fold", .choices = kFolds, .current = static_cast<std::size_t>(options.fold)};
    if (const auto chosen = draw_choice_box(look, box, x, middle))
        options.fold = static_cast<render::Fold>(*chosen);
    x += choice_box_width(look, box) + look.px(kGap);
}

/// What is in view, or what is going on, in the room up to `end`; what does not fit is left out.
void draw_state(const CardLook& look, const ViewControlsModel& model, float x, float end, float middle) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    if (!model.busy_text.empty()) {
        list.PushClipRect({x, static_cast<float>(model.strip.y)},
                          {end, static_cast<float>(model.strip.bottom())}, true);
        draw_text(list, look.caption, x, middle, look.theme.text_2, model.busy_text);
        list.PopClipRect();
        return;
    }
    for (const std::string* text : {&model.tokens_text, &model.scale_text, &model.spikes_text}) {
        const std::string widest = widest_digits(*text);
        if (text->empty() || x + chip_width(look, widest) > end) continue;
        x = draw_chip(list, look, x, middle, *text, widest) + look.px(kGap);
    }
}

}  // namespace

std::optional<PictureOptions> draw_view_controls(const CardLook& look, const ViewControlsModel& model) {
    PictureOptions options = model.options;
    const float middle = static_cast<float>(model.strip.y) + static_cast<float>(model.strip.height) / 2.0f;
    float x = static_cast<float>(model.strip.x) + look.px(kSide);
    float right = static_cast<float>(model.strip.right()) - look.px(kSide);
    begin_bare_window("view controls", model.strip);
    draw_ground(look, model);
    draw_value_choice(look, model, middle, x, options);
    if (model.is_folded && render::has_fold_choice(model.shown)) draw_fold_choice(look, middle, x, options);
    LegendModel legend = model.legend;
    legend.is_compact = right - legend_width(look, legend) < x;
    const float legend_left = right - legend_width(look, legend);
    if (legend_left >= x) {  // a very narrow view goes without
        if (const auto scale = draw_legend(look, legend, right, middle)) options.scale = *scale;
        if (auto card = legend_tooltip(look, legend, right, middle)) {
            card->bounds = model.bounds;
            draw_tooltip(*ImGui::GetForegroundDrawList(), look, *card);
        }
        right = legend_left - look.px(kGap);
    }
    draw_state(look, model, x, right, middle);
    ImGui::End();
    if (options == model.options) return std::nullopt;
    return options;
}

}  // namespace moe::app
