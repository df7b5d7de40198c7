#include "app/shell/theme.h"

#include <QApplication>
#include <QToolTip>

#include "app/docks/diverging_map.h"
#include "app/shell/theme_style.h"
#include "app/viewport/fonts.h"
#include "render/scene/colormap.h"

namespace moe::app {

namespace {

bool system_is_dark() {
    static const bool is_dark = [] {
        const QPalette palette = QGuiApplication::palette();
        return palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
    }();
    return is_dark;
}

QFont font_of(const QString& family, int pixels, QFont::Weight weight) {
    QFont font(family);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferVerticalHinting);
    return font;
}

void set_disabled(QPalette& palette, const QColor& color) {
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText}) {
        palette.setColor(QPalette::Disabled, role, color);
    }
}

}  // namespace

const render::Theme& theme_for(ThemeChoice choice) {
    const bool is_dark = choice == ThemeChoice::System ? system_is_dark() : choice == ThemeChoice::Dark;
    return is_dark ? render::kDarkTheme : render::kLightTheme;
}

QPalette palette_from(const render::Theme& theme) {
    QPalette palette;
    palette.setColor(QPalette::Window, to_qcolor(theme.surface));
    palette.setColor(QPalette::Base, to_qcolor(theme.field));
    palette.setColor(QPalette::AlternateBase, to_qcolor(theme.raised));
    palette.setColor(QPalette::Button, to_qcolor(theme.raised));
    palette.setColor(QPalette::WindowText, to_qcolor(theme.text_1));
    palette.setColor(QPalette::Text, to_qcolor(theme.text_1));
    palette.setColor(QPalette::ButtonText, to_qcolor(theme.text_1));
    palette.setColor(QPalette::BrightText, to_qcolor(theme.over_text));
    palette.setColor(QPalette::PlaceholderText, to_qcolor(theme.text_3));
    palette.setColor(QPalette::Highlight, to_qcolor(theme.fill));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, to_qcolor(theme.card));
    palette.setColor(QPalette::ToolTipText, to_qcolor(theme.text_1));
    palette.setColor(QPalette::Link, to_qcolor(theme.accent));
    palette.setColor(QPalette::Light, to_qcolor(theme.hover));
    palette.setColor(QPalette::Midlight, to_qcolor(theme.border));
    palette.setColor(QPalette::Mid, to_qcolor(theme.border_strong));
    palette.setColor(QPalette::Dark, to_qcolor(theme.bg));
    palette.setColor(QPalette::Shadow, to_qcolor(theme.bg));
    set_disabled(palette, to_qcolor(theme.disabled));
    return palette;
}

DockTheme dock_theme_from(const render::Theme& theme) {
    DockTheme dock;
    dock.is_dark = theme.is_dark;
    dock.surface = to_qcolor(theme.surface);
    dock.field = to_qcolor(theme.field);
    dock.hover = to_qcolor(theme.hover);
    dock.border = to_qcolor(theme.border);
    dock.border_strong = to_qcolor(theme.border_strong);
    dock.text_1 = to_qcolor(theme.text_1);
    dock.text_2 = to_qcolor(theme.text_2);
    dock.text_3 = to_qcolor(theme.text_3);
    dock.disabled = to_qcolor(theme.disabled);
    dock.accent = to_qcolor(theme.accent);
    dock.soft = to_qcolor(theme.soft);
    dock.bar = to_qcolor(theme.bar);
    dock.track = to_qcolor(theme.hover);
    dock.near_text = to_qcolor(theme.near_text);
    dock.near_bar = to_qcolor(theme.near_bar);
    dock.over_text = to_qcolor(theme.over_text);
    dock.over_bar = to_qcolor(theme.over_bar);
    dock.dead = to_qcolor(theme.dead);
    for (std::size_t i = 0; i < dock.map.size(); ++i) {
        const double position = static_cast<double>(i) / static_cast<double>(dock.map.size() - 1);
        dock.map[i] = to_qcolor(render::map_color(theme, render::ColorMap::Tide, position)).rgba();
    }
    dock.diverging = diverging_map(theme.is_dark);
    dock.body = ui_font(13);
    dock.title = ui_font(12, QFont::DemiBold);
    dock.caption = ui_font(11);
    dock.mono = mono_font(12);
    dock.mono_bold = mono_font(12, QFont::DemiBold);
    return dock;
}

QFont ui_font(int pixels, QFont::Weight weight) { return font_of(QStringLiteral("Inter"), pixels, weight); }

QFont mono_font(int pixels, QFont::Weight weight) {
    QFont font = font_of(QStringLiteral("JetBrains Mono"), pixels, weight);
    font.setFamilies({QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono"),
                      QStringLiteral("DejaVu Sans")});
    // The font joins "->" and "!="; token text must show the characters that are there.
    font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

void apply_theme(const render::Theme& theme) {
    system_is_dark();  // looks at the palette before it is replaced
    register_fonts();
    QApplication::setStyle(new ThemeStyle(theme));
    QApplication::setPalette(palette_from(theme));
    QApplication::setFont(ui_font(13));
    QToolTip::setPalette(palette_from(theme));
    QToolTip::setFont(ui_font(12));
}

}  // namespace moe::app
