#include "app/viewport/tooltip.h"

#include <algorithm>
#include <cmath>

namespace moe::app {
namespace {

constexpr double kPadding = 12.0;
constexpr double kRow = 18.0;
constexpr double kTitle = 22.0;
constexpr double kHintGap = 8.0;
constexpr double kColumnGap = 24.0;
constexpr double kSmallestWidth = 212.0;
constexpr double kDistance = 10.0;  // from the cell

ImFont* value_font(const CardLook& look, const TooltipModel::Row& row) {
    return row.is_strong ? look.number_strong : look.number;
}

float title_width(const CardLook& look, const TooltipModel& model) {
    const float text =
        model.token_text_width > 0 ? static_cast<float>(model.token_text_width) + look.px(8) : 0.0f;
    return text + text_size(look.body, model.title).x;
}

int card_width(const CardLook& look, const TooltipModel& model) {
    float width = std::max(look.px(kSmallestWidth), title_width(look, model));
    width = std::max(width, text_size(look.caption, model.hint).x);
    for (const TooltipModel::Row& row : model.rows) {
        width = std::max(width, text_size(look.body, row.label).x + look.px(kColumnGap) +
                                    text_size(value_font(look, row), row.value).x);
    }
    return static_cast<int>(std::ceil(width) + 2 * look.px(kPadding));
}

int card_height(const CardLook& look, const TooltipModel& model) {
    const float hint = model.hint.empty() ? 0.0f : look.px(kRow) + look.px(kHintGap);
    return static_cast<int>(2 * look.px(kPadding) + look.px(kTitle) +
                            static_cast<float>(model.rows.size()) * look.px(kRow) + hint);
}

void draw_title(ImDrawList& list, const CardLook& look, const TooltipModel& model, float x, float top) {
    const float middle = top + look.px(kRow) / 2.0f;
    if (model.token_text_width > 0) {
        const float half = look.text_cell_size.y / 2.0f;
        const auto width = static_cast<float>(model.token_text_width);
        const ImVec2 low(std::round(x), std::round(middle - half));
        const float share = width / look.text_cell_size.x;
        const ImVec2 uv1(look.text_cell_uv0.x + (look.text_cell_uv1.x - look.text_cell_uv0.x) * share,
                         look.text_cell_uv1.y);
        list.AddImage(ImGui::GetIO().Fonts->TexID, low, {low.x + width, low.y + look.text_cell_size.y},
                      look.text_cell_uv0, uv1, packed(look.theme.text_1));
        x += width + look.px(8);
    }
    draw_text(list, look.body, x, middle, look.theme.text_2, model.title);
}

}  // namespace

render::PixelRect placed_card(const render::PixelRect& cell, int width, int height,
                              const render::PixelRect& bounds, int gap) {
    render::PixelRect card{cell.right() + gap, cell.bottom() + gap, width, height};
    if (card.right() > bounds.right()) card.x = cell.x - gap - width;
    const bool is_beside = card.x >= bounds.x;
    if (!is_beside) card.x = std::max(bounds.x, bounds.right() - width);
    if (card.bottom() > bounds.bottom()) card.y = cell.y - gap - height;
    if (card.y < bounds.y) card.y = is_beside ? std::max(bounds.y, bounds.bottom() - height) : bounds.y;
    return card;
}

void draw_tooltip(ImDrawList& list, const CardLook& look, const TooltipModel& model) {
    const render::PixelRect card = placed_card(model.cell, card_width(look, model), card_height(look, model),
                                               model.bounds, static_cast<int>(look.px(kDistance)));
    draw_card(list, look, card);
    const float left = static_cast<float>(card.x) + look.px(kPadding);
    const float right = static_cast<float>(card.right()) - look.px(kPadding);
    float top = static_cast<float>(card.y) + look.px(kPadding);
    draw_title(list, look, model, left, top);
    top += look.px(kTitle);
    for (const TooltipModel::Row& row : model.rows) {
        const float middle = top + look.px(kRow) / 2.0f;
        draw_text(list, look.body, left, middle, look.theme.text_2, row.label);
        draw_text_right(list, value_font(look, row), right, middle, look.theme.text_1, row.value);
        top += look.px(kRow);
    }
    if (model.hint.empty()) return;
    top += look.px(kHintGap) / 2.0f;
    list.AddRectFilled({left, top}, {right, top + look.hairline()}, packed(look.theme.border));
    draw_text(list, look.caption, left, top + look.px(kHintGap) / 2.0f + look.px(kRow) / 2.0f,
              look.theme.text_3, model.hint);
}

}  // namespace moe::app
