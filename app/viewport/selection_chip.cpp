#include "app/viewport/selection_chip.h"

#include <cmath>

namespace moe::app {
namespace {

constexpr double kHeight = 24.0;
constexpr double kPadding = 10.0;
constexpr double kInset = 8.0;

std::string chip_text(const SelectionChipModel& model) {
    const char* arrow = model.is_across ? (model.is_before ? "\u2190" : "\u2192")
                                        : (model.is_before ? "\u2191" : "\u2193");
    return arrow + (" token " + model.token);
}

}  // namespace

render::PixelRect selection_chip_rect(const CardLook& look, const SelectionChipModel& model) {
    const auto width =
        static_cast<int>(std::ceil(text_size(look.body, chip_text(model)).x) + 2 * look.px(kPadding));
    const auto height = static_cast<int>(look.px(kHeight));
    const auto inset = static_cast<int>(look.px(kInset));
    const bool is_at_bottom = !model.is_across && !model.is_before;
    const bool is_at_right = model.is_across && !model.is_before;
    return {is_at_right ? model.bounds.right() - inset - width : model.bounds.x + inset,
            is_at_bottom ? model.bounds.bottom() - inset - height : model.bounds.y + inset, width, height};
}

bool draw_selection_chip(const CardLook& look, const SelectionChipModel& model) {
    const render::PixelRect rect = selection_chip_rect(look, model);
    begin_bare_window("selection chip", rect);
    const ImVec2 size(static_cast<float>(rect.width), static_cast<float>(rect.height));
    const bool is_clicked = ImGui::InvisibleButton("back", size);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    draw_card(list, look, rect);
    const render::Color color = ImGui::IsItemHovered() ? look.theme.text_1 : look.theme.accent;
    draw_text(list, look.body, static_cast<float>(rect.x) + look.px(kPadding),
              static_cast<float>(rect.y) + size.y / 2.0f, color, chip_text(model));
    ImGui::End();
    return is_clicked;
}

}  // namespace moe::app
