#pragma once

#include <QDialog>
#include <QHBoxLayout>
#include <QLabel>

namespace moe::app {

// What the program's own dialogs have in common.

/// The dialog's name, in large letters.
QLabel* dialog_title(const QString& text, QWidget* parent);
/// The name of a group of choices, and of a value.
QLabel* dialog_heading(const QString& text, QWidget* parent);
/// A quiet sentence, in as many lines as it needs.
QLabel* dialog_note(const QString& text, QWidget* parent);
/// The button that closes `dialog`, which Enter presses, at the right end of a row.
QHBoxLayout* closing_row(QDialog& dialog);

}  // namespace moe::app
