#include "app/shell/dialog_parts.h"

#include <QPushButton>

#include "app/shell/theme.h"

namespace moe::app {

QLabel* dialog_title(const QString& text, QWidget* parent) {
    auto* title = new QLabel(text, parent);
    title->setFont(ui_font(18, QFont::DemiBold));
    return title;
}

QLabel* dialog_heading(const QString& text, QWidget* parent) {
    auto* heading = new QLabel(text, parent);
    heading->setFont(ui_font(12, QFont::DemiBold));
    return heading;
}

QLabel* dialog_note(const QString& text, QWidget* parent) {
    auto* note = new QLabel(text, parent);
    note->setWordWrap(true);
    note->setFont(ui_font(12));
    QPalette quiet = note->palette();
    quiet.setColor(QPalette::WindowText, quiet.color(QPalette::PlaceholderText));
    note->setPalette(quiet);
    return note;
}

QHBoxLayout* closing_row(QDialog& dialog) {
    auto* close = new QPushButton(QDialog::tr("Close"), &dialog);
    close->setDefault(true);
    QObject::connect(close, &QPushButton::clicked, &dialog, &QDialog::accept);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(20, 0, 20, 0);
    row->addStretch(1);
    row->addWidget(close);
    return row;
}

}  // namespace moe::app
