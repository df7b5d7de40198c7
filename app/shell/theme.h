#pragma once

#include <QFont>
#include <QPalette>

#include "app/docks/dock_theme.h"
#include "render/scene/theme.h"

namespace moe::app {

/// What the user chose in the View menu.
enum class ThemeChoice { System, Dark, Light };

inline QColor to_qcolor(const render::Color& color) { return QColor(color.r, color.g, color.b, color.a); }

/// The theme for a choice; the system's own darkness is that of the palette the program started with.
const render::Theme& theme_for(ThemeChoice choice);

QPalette palette_from(const render::Theme& theme);
DockTheme dock_theme_from(const render::Theme& theme);

/// Inter at a size in logical pixels. The shell's fonts: 13 body, 12 titles, 11 captions.
QFont ui_font(int pixels, QFont::Weight weight = QFont::Normal);
/// JetBrains Mono, for every number that changes or stands in a column, and for token text.
QFont mono_font(int pixels, QFont::Weight weight = QFont::Normal);

/// Gives the whole application the theme: style, palette, font.
void apply_theme(const render::Theme& theme);

}  // namespace moe::app
