#include "app/viewport/card_look.h"

#include <cfloat>
#include <cmath>
#include <string>

namespace moe::app {
namespace {

constexpr double kChipPadding = 6.0;
constexpr double kChipHeight = 18.0;

float height_of(const ImFont* font) {
#if IMGUI_VERSION_NUM >= 19200
    return font->LegacySize;
#else
    return font->FontSize;
#endif
}

float top_of(const ImFont* font, float middle) { return std::round(middle - height_of(font) / 2.0f); }

ImVec2 corner(const render::PixelRect& rect) {
    return {static_cast<float>(rect.x), static_cast<float>(rect.y)};
}
ImVec2 far_corner(const render::PixelRect& rect) {
    return {static_cast<float>(rect.right()), static_cast<float>(rect.bottom())};
}

}  // namespace

ImU32 packed(const render::Color& color) { return IM_COL32(color.r, color.g, color.b, color.a); }

ImVec2 text_size(const ImFont* font, std::string_view text) {
    return const_cast<ImFont*>(font)->CalcTextSizeA(height_of(font), FLT_MAX, 0.0f, text.data(),
                                                    text.data() + text.size());
}

float draw_text(ImDrawList& list, const ImFont* font, float x, float middle, const render::Color& color,
                std::string_view text) {
    const ImVec2 position(std::round(x), top_of(font, middle));
    list.AddText(const_cast<ImFont*>(font), height_of(font), position, packed(color), text.data(),
                 text.data() + text.size());
    return x + text_size(font, text).x;
}

float draw_text_right(ImDrawList& list, const ImFont* font, float right, float middle,
                      const render::Color& color, std::string_view text) {
    const float x = right - text_size(font, text).x;
    draw_text(list, font, x, middle, color, text);
    return x;
}

void draw_outline(ImDrawList& list, ImVec2 low, ImVec2 high, const render::Color& color, float thickness,
                  float rounding) {
    const float inset = (thickness - 1.0f) / 2.0f;  // AddRect itself goes half a pixel inwards
    list.AddRect({low.x + inset, low.y + inset}, {high.x - inset, high.y - inset}, packed(color), rounding, 0,
                 thickness);
}

void draw_card(ImDrawList& list, const CardLook& look, const render::PixelRect& rect) {
    const ImVec2 low = corner(rect);
    const ImVec2 high = far_corner(rect);
    list.AddRectFilled(low, high, packed(look.theme.card), look.px(6));
    draw_outline(list, low, high, look.theme.border_strong, look.hairline(), look.px(6));
}

std::string widest_digits(std::string_view text) {
    std::string widest(text);
    for (char& c : widest) {
        if (c >= '0' && c <= '9') c = '0';
    }
    return widest;
}

float chip_width(const CardLook& look, std::string_view widest) {
    return std::ceil(text_size(look.caption, widest).x) + 2 * look.px(kChipPadding);
}

float draw_chip(ImDrawList& list, const CardLook& look, float x, float middle, std::string_view text,
                std::string_view widest) {
    const float width = chip_width(look, widest);
    const float top = std::round(middle - look.px(kChipHeight) / 2.0f);
    list.AddRectFilled({x, top}, {x + width, top + look.px(kChipHeight)}, packed(look.theme.hover),
                       look.px(3));
    draw_text(list, look.caption, x + look.px(kChipPadding), middle, look.theme.text_2, text);
    return x + width;
}

void begin_bare_window(const char* name, const render::PixelRect& rect) {
    ImGui::SetNextWindowPos(corner(rect));
    ImGui::SetNextWindowSize({static_cast<float>(rect.width), static_cast<float>(rect.height)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0f);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
    ImGui::Begin(name, nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoNav |
                     ImGuiWindowFlags_NoBringToFrontOnFocus);
    ImGui::PopStyleVar(3);
}

}  // namespace moe::app
