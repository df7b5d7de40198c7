#pragma once

#include <QColor>
#include <QFont>
#include <array>

namespace moe::app {

/// The colours and fonts that docks paint with. The shell fills it from the program's one theme.
struct DockTheme {
    bool is_dark = true;
    QColor surface, field, hover, border, border_strong;
    QColor text_1, text_2, text_3, disabled;
    QColor accent, soft;
    QColor bar, track;            ///< neutral bars and the groove that they lie in
    QColor near_text, near_bar;   ///< near miss
    QColor over_text, over_bar;   ///< above chance, always with a triangle
    QColor dead;                  ///< an unused expert
    std::array<QRgb, 256> map{};  ///< colours of a gating weight, 0 to 1, as in the heatmap
    std::array<QRgb, 256> diverging{};  ///< less than chance, chance in the middle, more

    QFont body, title, caption;  ///< 13, 12 semi-bold, 11 pixels
    QFont mono, mono_bold;       ///< numbers and token text

    QColor map_color(double value) const { return color_of(map, value); }
    QColor diverging_color(double value) const { return color_of(diverging, value); }

  private:
    static QColor color_of(const std::array<QRgb, 256>& colors, double value) {
        const double clamped = value < 0 ? 0 : value > 1 ? 1 : value;
        return QColor::fromRgba(colors[static_cast<std::size_t>(clamped * 255.0 + 0.5)]);
    }
};

}  // namespace moe::app
