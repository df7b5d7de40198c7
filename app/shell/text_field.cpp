#include "app/shell/text_field.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QTextDocument>

namespace moe::app {

std::optional<TextField> TextField::of(QObject* widget) {
    TextField field;
    field.text_ = qobject_cast<QPlainTextEdit*>(widget);
    field.line_ = qobject_cast<QLineEdit*>(widget);
    if (const auto* spin_box = qobject_cast<const QAbstractSpinBox*>(widget))
        field.line_ = spin_box->findChild<QLineEdit*>();
    if (const auto* combo = qobject_cast<const QComboBox*>(widget)) field.line_ = combo->lineEdit();
    const bool can_write =
        (field.text_ && !field.text_->isReadOnly()) || (field.line_ && !field.line_->isReadOnly());
    return can_write ? std::optional(field) : std::nullopt;
}

bool TextField::can_undo() const {
    return line_ ? line_->isUndoAvailable() : text_ && text_->document()->isUndoAvailable();
}

bool TextField::can_redo() const {
    return line_ ? line_->isRedoAvailable() : text_ && text_->document()->isRedoAvailable();
}

void TextField::undo() const {
    if (line_) line_->undo();
    if (text_) text_->undo();
}

void TextField::redo() const {
    if (line_) line_->redo();
    if (text_) text_->redo();
}

}  // namespace moe::app
