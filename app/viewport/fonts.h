#pragma once

#include <QFont>

#include "render/scene/text_mark.h"

namespace moe::app {

/// Makes the shipped fonts known to Qt (Inter, JetBrains Mono, DejaVu as their fallback), so that the
/// picture does not depend on what is installed. Needs a QGuiApplication; later calls do nothing.
void register_fonts();

/// The font of a text in the picture. `scale` is device pixels a logical pixel, presentation scale included.
QFont picture_font(render::TextRole role, bool is_bold, double scale);

/// Whether every character is in JetBrains Mono, so that the text needs neither fallback nor shaping.
bool is_plain_token_text(const QString& text);

/// For token text of any script: DejaVu Sans Mono and whatever Qt falls back to.
QFont any_script_font(bool is_bold, double scale);

}  // namespace moe::app
