#include "app/shell/key_guard.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QKeyEvent>
#include <QTabBar>

#include "app/shell/command_list.h"
#include "app/shell/text_field.h"

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

bool is_key_of(CommandId id, const QKeyEvent& key) {
    return key_sequences(id).contains(QKeySequence(key.keyCombination()));
}

// Like the palette, which lets no key through.
bool is_in_popup(const QObject* object) {
    const auto* widget = qobject_cast<const QWidget*>(object);
    return widget != nullptr && widget->window()->windowType() == Qt::Popup;
}

}  // namespace

bool KeyGuard::eventFilter(QObject* watched, QEvent* event) {
    const bool is_press = event->type() == QEvent::KeyPress;
    if (!is_press && event->type() != QEvent::ShortcutOverride) return QObject::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool is_redo = is_key_of(CommandId::Redo, *key);
    if (is_redo || is_key_of(CommandId::Undo, *key)) {
        const auto field = TextField::of(watched);
        if (field && !is_in_popup(watched)) {
            event->setAccepted(field->has_history());
            if (is_press) is_redo ? field->redo() : field->undo();
            return true;
        }
    }
    if (!is_press) {
        const bool is_plain = (key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
        if (is_plain && lives_by(watched, key->key())) {
            event->accept();
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

}  // namespace moe::app
