#pragma once

#include <cstdint>

namespace moe::render {

/// sRGB with straight alpha, as written in the design ("#RRGGBB").
struct Color {
    std::uint8_t r = 0;
    std::uint8_t g = 0;
    std::uint8_t b = 0;
    std::uint8_t a = 255;

    static constexpr Color rgb(std::uint32_t hex) {
        return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8 & 0xFF),
                static_cast<std::uint8_t>(hex & 0xFF), 255};
    }
    constexpr Color with_alpha(double share) const {
        return {r, g, b, static_cast<std::uint8_t>(share * 255.0 + 0.5)};
    }
    bool operator==(const Color&) const = default;
};

/// Every colour of the program, once: the Qt palette, the cards in the picture and the picture itself
/// all take theirs from here. Colour means value, selection or exception, nothing else.
struct Theme {
    bool is_dark = true;
    Color bg, surface, raised, field, view, card, hover, press, border, border_strong;
    Color text_1, text_2, text_3, disabled;
    Color accent, fill, soft;          ///< selection, focus, the one primary button; `soft` is translucent
    Color bar;                         ///< neutral bars
    Color over_text, over_bar;         ///< above chance, always with a triangle
    Color near_text, near_bar;         ///< near miss, warning
    Color dead;                        ///< unused expert (a cross), error
    Color ok, recording;
    bool operator==(const Theme&) const = default;
};

inline constexpr Theme kDarkTheme{.is_dark = true,
                                  .bg = Color::rgb(0x0B0D11),
                                  .surface = Color::rgb(0x14171C),
                                  .raised = Color::rgb(0x181C22),
                                  .field = Color::rgb(0x0E1116),
                                  .view = Color::rgb(0x101318),
                                  .card = Color::rgb(0x1B1F26),
                                  .hover = Color::rgb(0x20252D),
                                  .press = Color::rgb(0x2A303A),
                                  .border = Color::rgb(0x252A33),
                                  .border_strong = Color::rgb(0x3A424E),
                                  .text_1 = Color::rgb(0xE8EBF0),
                                  .text_2 = Color::rgb(0xAEB6C2),
                                  .text_3 = Color::rgb(0x8C96A4),
                                  .disabled = Color::rgb(0x565F6C),
                                  .accent = Color::rgb(0xA79BFF),
                                  .fill = Color::rgb(0x6C5CE7),
                                  .soft = Color::rgb(0x8C7CFF).with_alpha(0.17),
                                  .bar = Color::rgb(0x5F7388),
                                  .over_text = Color::rgb(0xF2994A),
                                  .over_bar = Color::rgb(0xF2994A),
                                  .near_text = Color::rgb(0xE5B454),
                                  .near_bar = Color::rgb(0xD9A441),
                                  .dead = Color::rgb(0xF26D78),
                                  .ok = Color::rgb(0x57C08A),
                                  .recording = Color::rgb(0xF0525F)};

inline constexpr Theme kLightTheme{.is_dark = false,
                                   .bg = Color::rgb(0xDFE2E8),
                                   .surface = Color::rgb(0xF8F9FB),
                                   .raised = Color::rgb(0xF1F3F6),
                                   .field = Color::rgb(0xFFFFFF),
                                   .view = Color::rgb(0xFBFBFA),
                                   .card = Color::rgb(0xFFFFFF),
                                   .hover = Color::rgb(0xE9ECF1),
                                   .press = Color::rgb(0xDDE2EA),
                                   .border = Color::rgb(0xDCE0E7),
                                   .border_strong = Color::rgb(0xBAC1CC),
                                   .text_1 = Color::rgb(0x171A20),
                                   .text_2 = Color::rgb(0x454D5A),
                                   .text_3 = Color::rgb(0x5A6371),
                                   .disabled = Color::rgb(0xA0A8B4),
                                   .accent = Color::rgb(0x5546D6),
                                   .fill = Color::rgb(0x5B4BDB),
                                   .soft = Color::rgb(0x5B4BDB).with_alpha(0.12),
                                   .bar = Color::rgb(0x7C8BA0),
                                   .over_text = Color::rgb(0xA14806),
                                   .over_bar = Color::rgb(0xDA6C1E),
                                   .near_text = Color::rgb(0x855D00),
                                   .near_bar = Color::rgb(0xB98424),
                                   .dead = Color::rgb(0xBC2A37),
                                   .ok = Color::rgb(0x177244),
                                   .recording = Color::rgb(0xD3313F)};

}  // namespace moe::render
