#pragma once

#include <QKeyEvent>
#include <algorithm>
#include <initializer_list>

namespace moe::app {

/// For `event()` of a widget whose keys are also commands of the window: keeps those of `keys`, pressed without a
/// modifier, for the widget while it has the focus. True: the event is dealt with.
inline bool keeps_key(QEvent* event, std::initializer_list<int> keys) {
    if (event->type() != QEvent::ShortcutOverride) return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool is_plain = (key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    if (!is_plain || std::ranges::find(keys, key->key()) == keys.end()) return false;
    event->accept();
    return true;
}

inline constexpr std::initializer_list<int> kArrowKeys{Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down};

}  // namespace moe::app
