#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

#include "render/scene/pixel_rect.h"
#include "render/scene/theme.h"

namespace moe::app {

/// What every card draws with. Sizes on the screen are device pixels; `px` makes them from logical ones.
struct CardLook {
    render::Theme theme;
    double scale = 1.0;         ///< device pixels a logical pixel
    ImFont* caption = nullptr;  ///< Inter 11
    ImFont* body = nullptr;     ///< Inter 12
    ImFont* strong = nullptr;   ///< Inter 12, semi-bold
    ImFont* number = nullptr;   ///< JetBrains Mono 11.5
    ImFont* number_strong = nullptr;
    ImFont* small_number = nullptr;  ///< JetBrains Mono 10.5
    ImVec2 text_cell_uv0;            ///< the token text that Qt painted into the atlas, see ImGuiLayer
    ImVec2 text_cell_uv1;
    ImVec2 text_cell_size;
    bool escape_pressed = false;  ///< in this frame: an open list closes

    float px(double logical) const { return static_cast<float>(static_cast<int>(logical * scale + 0.5)); }
    /// Whole device pixels of a thin line, as in the picture under the cards.
    float hairline() const { return scale < 2.0 ? 1.0f : static_cast<float>(static_cast<int>(scale)); }
};

/// How large a card's text may be that Qt paints, logical pixels.
inline constexpr int kTextCellWidth = 200;
inline constexpr int kTextCellHeight = 20;

ImU32 packed(const render::Color& color);
ImVec2 text_size(const ImFont* font, std::string_view text);

/// Draws `text` with its left edge at `x`, vertically centred on `middle`; returns the right edge.
float draw_text(ImDrawList& list, const ImFont* font, float x, float middle, const render::Color& color,
                std::string_view text);
/// The same with the right edge at `right`; returns the left edge.
float draw_text_right(ImDrawList& list, const ImFont* font, float right, float middle,
                      const render::Color& color, std::string_view text);

/// A line along the inner edge of a rectangle, on whole pixels.
void draw_outline(ImDrawList& list, ImVec2 low, ImVec2 high, const render::Color& color, float thickness,
                  float rounding);

/// An opaque card: 1 px border, radius 6.
void draw_card(ImDrawList& list, const CardLook& look, const render::PixelRect& rect);

/// A small label on a filled ground; `widest` reserves room, so that changing digits do not move what
/// follows. Returns the right edge.
float draw_chip(ImDrawList& list, const CardLook& look, float x, float middle, std::string_view text,
                std::string_view widest);
float chip_width(const CardLook& look, std::string_view widest);

/// `text` with every digit replaced by the widest one.
std::string widest_digits(std::string_view text);

/// A window without any furniture at `rect`, for what can be clicked. End it with ImGui::End().
void begin_bare_window(const char* name, const render::PixelRect& rect);

}  // namespace moe::app
