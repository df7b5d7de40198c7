#include "app/shell/key_help_dialog.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QKeySequence>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/shell/command_list.h"
#include "app/shell/dialog_parts.h"

namespace moe::app {

namespace {

constexpr QSize kSize(760, 620);
constexpr int kRoomAround = 60;  // to the window's edges

QString native_keys(const char* keys) {
    QStringList names;
    for (const QString& one : QString::fromLatin1(keys).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        names << QKeySequence::fromString(one, QKeySequence::PortableText).toString(QKeySequence::NativeText);
    }
    return names.join(or_between_keys());
}

QString plain_text(const char* text) {
    QString plain = QCoreApplication::translate("CommandList", text);
    return plain.remove(QLatin1Char('&'));
}

// The palette shows a command's first keys only, and why it cannot be done now.
void complete(std::vector<PaletteEntry>& entries) {
    for (const CommandInfo& info : all_commands()) {
        const auto entry = std::ranges::find(entries, plain_text(info.text), &PaletteEntry::name);
        if (entry == entries.end()) continue;
        entry->keys = native_keys(info.keys);
        entry->hint =
            QCoreApplication::translate("CommandList", info.help);  // even where it is not possible now
    }
}

}  // namespace

KeyHelpDialog::KeyHelpDialog(std::vector<PaletteEntry> entries, const render::Theme& theme, QWidget* window)
    : QDialog(window),
      entries_(std::move(entries)),
      field_(new QLineEdit(this)),
      view_(new QListView(this)),
      list_(new PaletteList(this)) {
    setWindowTitle(tr("Keys"));
    resize(kSize.boundedTo(window->size() - QSize(kRoomAround, kRoomAround)));
    complete(entries_);
    entries_.push_back({.name = tr("Next control"),
                        .hint = tr("Walks buttons and fields in reading order"),
                        .keys = tr("Tab"),
                        .group = tr("Everywhere"),
                        .run = {}});
    for (PaletteEntry& entry : entries_) {  // a list to read: nothing in it is on or off
        entry.is_enabled = true;
        entry.is_checked = false;
        entry.icon = {};
    }
    field_->setPlaceholderText(tr("Search commands"));
    field_->setAccessibleName(tr("Search commands"));
    field_->setClearButtonEnabled(true);
    field_->setFixedHeight(28);
    auto* delegate = new PaletteDelegate(list_, this);
    delegate->set_theme(theme);
    view_->setAccessibleName(tr("Commands and keys"));
    view_->setModel(list_);
    view_->setItemDelegate(delegate);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setSelectionMode(QAbstractItemView::NoSelection);
    QPalette flat = view_->palette();
    flat.setColor(QPalette::Base, flat.color(QPalette::Window));
    view_->setPalette(flat);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 18, 0, 16);
    layout->setSpacing(10);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(20, 0, 20, 0);
    head->addWidget(dialog_title(tr("Keys"), this), 1);
    head->addWidget(field_, 1);
    layout->addLayout(head);
    layout->addWidget(view_, 1);
    layout->addLayout(closing_row(*this));
    connect(field_, &QLineEdit::textChanged, this, &KeyHelpDialog::refill);
    refill();
    field_->setFocus();
}

void KeyHelpDialog::refill() {
    const QString pattern = field_->text();
    list_->set_entries(matching_entries(entries_, pattern, {}), /*shows_groups=*/pattern.trimmed().isEmpty());
    view_->scrollToTop();
}

}  // namespace moe::app
