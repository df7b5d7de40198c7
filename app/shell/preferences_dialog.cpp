#include "app/shell/preferences_dialog.h"

#include <QFormLayout>
#include <QLabel>
#include <QPushButton>

#include "app/shell/engine_client.h"
#include "app/shell/settings.h"
#include "app/shell/theme.h"

namespace moe::app {

PreferencesDialog::PreferencesDialog(QWidget* window) : QDialog(window), threads_(new QSpinBox(this)) {
    setWindowTitle(tr("Preferences"));
    const std::size_t n_available = n_cores();
    threads_->setObjectName(QStringLiteral("preferences_threads"));
    threads_->setAccessibleName(tr("Compute threads"));
    threads_->setRange(0, static_cast<int>(n_available));
    threads_->setSpecialValueText(tr("Automatic (%1)").arg(threads_beside_window(n_available)));
    threads_->setValue(static_cast<int>(std::min(settings::threads(), n_available)));
    threads_->setKeyboardTracking(false);
    threads_->setMinimumWidth(140);
    connect(threads_, &QSpinBox::valueChanged, this,
            [this](int n_threads) { Q_EMIT threads_chosen(static_cast<std::size_t>(n_threads)); });

    auto* note = new QLabel(tr("Takes effect at once, from the next token on; no number of a run depends on it. "
                               "Automatic takes all cores, %1 here, less one for the window where there are more "
                               "than two.")
                                .arg(n_available),
                            this);
    note->setWordWrap(true);
    note->setFont(ui_font(12));
    auto* close = new QPushButton(tr("Close"), this);
    close->setDefault(true);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);

    auto* layout = new QFormLayout(this);
    layout->setContentsMargins(20, 18, 20, 16);
    layout->setVerticalSpacing(12);
    layout->addRow(tr("Compute &threads"), threads_);
    layout->addRow(note);
    layout->addRow(close);
    layout->setAlignment(close, Qt::AlignRight);
    setFixedWidth(400);
}

}  // namespace moe::app
