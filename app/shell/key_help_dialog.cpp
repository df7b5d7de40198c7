#include "app/shell/key_help_dialog.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QKeySequence>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/shell/command_list.h"
#include "app/shell/theme.h"

namespace moe::app {

namespace {

QString native_keys(const char* keys) {
    QStringList names;
    for (const QString& one : QString::fromLatin1(keys).split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        names << QKeySequence::fromString(one, QKeySequence::PortableText).toString(QKeySequence::NativeText);
    }
    return names.join(QObject::tr(" or "));
}

QString plain_text(const char* text) {
    QString plain = QCoreApplication::translate("CommandList", text);
    return plain.remove(QLatin1Char('&'));
}

}  // namespace

KeyHelpDialog::KeyHelpDialog(QWidget* window) : QDialog(window) {
    setWindowTitle(tr("Keys"));
    resize(760, 560);
    auto* table = new QTreeWidget(this);
    table->setAccessibleName(tr("Commands and keys"));
    table->setRootIsDecorated(false);
    table->setUniformRowHeights(true);
    table->setHeaderLabels({tr("Keys"), tr("Command"), tr("What it does")});
    for (const CommandInfo& info : all_commands()) {
        auto* row = new QTreeWidgetItem(table, {native_keys(info.keys), plain_text(info.text),
                                                QCoreApplication::translate("CommandList", info.help)});
        row->setFont(0, mono_font(12));
    }
    new QTreeWidgetItem(table,
                        {tr("Tab"), tr("Next control"), tr("Walks buttons and fields in reading order")});
    table->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->setCurrentItem(table->topLevelItem(0));
    auto* close = new QPushButton(tr("Close"), this);
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(table, 1);
    layout->addWidget(close, 0, Qt::AlignRight);
}

}  // namespace moe::app
