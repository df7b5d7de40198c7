#include "app/shell/key_guard.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QKeyEvent>
#include <QTabBar>

namespace moe::app {

namespace {

bool is_vertical(int key) { return key == Qt::Key_Up || key == Qt::Key_Down; }
bool is_end(int key) { return key == Qt::Key_Home || key == Qt::Key_End; }
bool is_horizontal(int key) { return key == Qt::Key_Left || key == Qt::Key_Right; }

bool lives_by(const QObject* widget, int key) {
    if (qobject_cast<const QAbstractItemView*>(widget) != nullptr)
        return is_vertical(key) || is_end(key) || is_horizontal(key);
    if (qobject_cast<const QAbstractButton*>(widget) != nullptr) return key == Qt::Key_Space;
    if (qobject_cast<const QComboBox*>(widget) != nullptr)
        return key == Qt::Key_Space || is_vertical(key) || is_end(key);
    if (qobject_cast<const QAbstractSpinBox*>(widget) != nullptr) return is_vertical(key);
    if (qobject_cast<const QTabBar*>(widget) != nullptr) return is_horizontal(key);
    return false;
}

}  // namespace

bool KeyGuard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool is_plain = (key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
        if (is_plain && lives_by(watched, key->key())) {
            event->accept();
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

}  // namespace moe::app
