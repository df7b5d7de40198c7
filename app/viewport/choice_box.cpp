#include "app/viewport/choice_box.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace moe::app {
namespace {

constexpr double kBoxHeight = 24.0;
constexpr double kEntryHeight = 24.0;
constexpr double kPadding = 9.0;
constexpr double kCaptionGap = 7.0;
constexpr double kArrow = 8.0;
constexpr double kWhyNotGap = 16.0;

float widest_label(const CardLook& look, std::span<const Choice> choices) {
    float width = 0;
    for (const Choice& choice : choices) width = std::max(width, text_size(look.body, choice.label).x);
    return std::ceil(width);
}

float popup_width(const CardLook& look, const ChoiceBoxModel& model) {
    float width = 0;
    for (const Choice& choice : model.choices) {
        float entry = text_size(look.body, choice.label).x;
        if (choice.why_not != nullptr)
            entry += look.px(kWhyNotGap) + text_size(look.caption, choice.why_not).x;
        width = std::max(width, std::ceil(entry) + 2 * look.px(kPadding) + 2 * look.px(4));
    }
    return std::max(width, choice_box_width(look, model));
}

void draw_arrow(ImDrawList& list, const CardLook& look, float right, float middle) {
    const float half = look.px(kArrow) / 2.0f;
    const ImVec2 tip(right - half, middle + half / 2.0f);
    const ImU32 color = packed(look.theme.text_3);
    const float thickness = 1.3f * static_cast<float>(look.scale);
    list.AddLine({tip.x - half, tip.y - half}, tip, color, thickness);
    list.AddLine(tip, {tip.x + half, tip.y - half}, color, thickness);
}

void draw_face(ImDrawList& list, const CardLook& look, const ChoiceBoxModel& model, ImVec2 low, ImVec2 high,
               bool is_hovered) {
    const float middle = (low.y + high.y) / 2.0f;
    list.AddRectFilled(low, high, packed(is_hovered ? look.theme.hover : look.theme.field), look.px(5));
    draw_outline(list, low, high, look.theme.border_strong, look.hairline(), look.px(5));
    const float caption_end =
        draw_text(list, look.body, low.x + look.px(kPadding), middle, look.theme.text_3, model.caption);
    draw_text(list, look.body, caption_end + look.px(kCaptionGap), middle, look.theme.text_1,
              model.choices[model.current].label);
    draw_arrow(list, look, high.x - look.px(kPadding), middle);
}

/// One row of the open list; whether it was clicked.
bool draw_entry(const CardLook& look, const ChoiceBoxModel& model, std::size_t index, float width) {
    const Choice& choice = model.choices[index];
    const ImVec2 low = ImGui::GetCursorScreenPos();
    const ImVec2 high(low.x + width, low.y + look.px(kEntryHeight));
    const bool is_clicked = ImGui::InvisibleButton(choice.label, {high.x - low.x, high.y - low.y});
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const bool is_enabled = choice.why_not == nullptr;
    if (index == model.current) {
        list.AddRectFilled(low, high, packed(look.theme.press), look.px(4));
    } else if (ImGui::IsItemHovered() && is_enabled) {
        list.AddRectFilled(low, high, packed(look.theme.hover), look.px(4));
    }
    const float middle = (low.y + high.y) / 2.0f;
    draw_text(list, look.body, low.x + look.px(kPadding), middle,
              is_enabled ? look.theme.text_1 : look.theme.disabled, choice.label);
    if (!is_enabled)
        draw_text_right(list, look.caption, high.x - look.px(kPadding), middle, look.theme.disabled,
                        choice.why_not);
    return is_clicked && is_enabled;
}

std::optional<std::size_t> draw_list(const CardLook& look, const ChoiceBoxModel& model) {
    std::optional<std::size_t> chosen;
    const float width = popup_width(look, model);
    const float inset = look.px(4);
    const float height = look.px(kEntryHeight) * static_cast<float>(model.choices.size()) + 2 * inset;
    ImGui::SetNextWindowSize({width, height});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {inset, inset});
    if (ImGui::BeginPopup(model.caption,
                          ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoNav)) {
        for (std::size_t i = 0; i < model.choices.size(); ++i) {
            if (draw_entry(look, model, i, width - 2 * inset)) chosen = i;
        }
        if (chosen || look.escape_pressed) ImGui::CloseCurrentPopup();
        ImGui::EndPopup();
    }
    ImGui::PopStyleVar();
    return chosen;
}

}  // namespace

float choice_box_width(const CardLook& look, const ChoiceBoxModel& model) {
    return std::ceil(text_size(look.body, model.caption).x) + look.px(kCaptionGap) +
           widest_label(look, model.choices) + look.px(kCaptionGap) + look.px(kArrow) + 2 * look.px(kPadding);
}

std::optional<std::size_t> draw_choice_box(const CardLook& look, const ChoiceBoxModel& model, float x,
                                           float middle) {
    const float top = std::round(middle - look.px(kBoxHeight) / 2.0f);
    const ImVec2 low(x, top);
    const ImVec2 high(x + choice_box_width(look, model), top + look.px(kBoxHeight));
    ImGui::SetCursorScreenPos(low);
    ImGui::PushID(model.caption);
    const bool is_clicked = ImGui::InvisibleButton("box", {high.x - low.x, high.y - low.y});
    draw_face(*ImGui::GetWindowDrawList(), look, model, low, high, ImGui::IsItemHovered());
    if (is_clicked) ImGui::OpenPopup(model.caption);
    ImGui::SetNextWindowPos({low.x, high.y + look.px(2)});
    const std::optional<std::size_t> chosen = draw_list(look, model);
    ImGui::PopID();
    return chosen;
}

}  // namespace moe::app
