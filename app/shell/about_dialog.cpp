#include "app/shell/about_dialog.h"

#include <QFormLayout>
#include <QVBoxLayout>

#include "app/shell/dialog_parts.h"
#include "engine/base/version.h"

namespace moe::app {

AboutDialog::AboutDialog(const QString& backend, QWidget* window) : QDialog(window) {
    setWindowTitle(tr("About MoEScope"));
    setFixedWidth(440);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 18, 0, 16);
    layout->setSpacing(12);
    auto* words = new QVBoxLayout;
    words->setContentsMargins(20, 0, 20, 4);
    words->setSpacing(10);
    words->addWidget(dialog_title(tr("MoEScope"), this));
    auto* text =
        new QLabel(tr("Shows live and exactly how a mixture-of-experts language model routes every token to "
                      "its experts. Everything is computed on this machine; nothing leaves it."),
                   this);
    text->setWordWrap(true);
    words->addWidget(text);
    auto* facts = new QFormLayout;
    facts->setHorizontalSpacing(16);
    facts->setVerticalSpacing(6);
    const auto add = [&](const QString& name, const QString& value) {
        auto* label = new QLabel(value, this);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        facts->addRow(dialog_note(name, this), label);
    };
    add(tr("Version"), QString::fromLatin1(kProgramVersion));
    add(tr("Picture"), backend);
    add(tr("Window"), tr("Qt %1").arg(QLatin1String(qVersion())));
    add(tr("Licence"), tr("MIT"));
    words->addLayout(facts);
    layout->addLayout(words);
    layout->addLayout(closing_row(*this));
}

}  // namespace moe::app
