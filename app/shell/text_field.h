#pragma once

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <optional>

namespace moe::app {

/// A field that the user writes in, which has an undo of its own.
class TextField {
  public:
    /// The widget itself, or the field in it (of a spin box, of a combo box that is written in). Nothing for
    /// other widgets and for what can only be read.
    static std::optional<TextField> of(QObject* widget);

    /// It has been written in: the keys of undo are its own.
    bool has_history() const { return can_undo() || can_redo(); }
    bool can_undo() const;
    bool can_redo() const;
    void undo() const;
    void redo() const;

  private:
    QPointer<QLineEdit> line_;
    QPointer<QPlainTextEdit> text_;
};

}  // namespace moe::app
