#include "app/docks/pattern_button.h"

#include <QMenu>

#include "app/docks/text_pattern.h"

namespace moe::app {

PatternButton::PatternButton(QWidget* parent) : QToolButton(parent) {
    setText(QStringLiteral(".*"));
    setToolTip(tr("Patterns for digits, punctuation, capitals, spaces"));
    setAccessibleName(tr("Search for a kind of text"));
    setPopupMode(InstantPopup);
    setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(this);
    for (const PatternExample& example : pattern_examples()) {
        const QString pattern = QString::fromLatin1(example.pattern);
        menu->addAction(tr(example.name) + QLatin1Char('\t') + pattern, this,
                        [this, pattern] { Q_EMIT pattern_chosen(pattern); });
    }
    setMenu(menu);
}

}  // namespace moe::app
