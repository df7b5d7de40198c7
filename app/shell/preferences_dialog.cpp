#include "app/shell/preferences_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QVBoxLayout>
#include <cmath>

#include "app/docks/dock_body.h"
#include "app/docks/dock_title.h"
#include "app/shell/dialog_parts.h"
#include "app/shell/engine_client.h"
#include "app/shell/settings.h"

namespace moe::app {

namespace {

constexpr int kWidth = 500;
constexpr int kRoomAround = 60;  // to the screen's edges

}  // namespace

PreferencesDialog::PreferencesDialog(QWidget* window) : QDialog(window), form_(new QFormLayout) {
    setWindowTitle(tr("Preferences"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 18, 0, 16);
    layout->setSpacing(14);
    auto* fields = new QWidget(this);
    fields->setLayout(form_);
    auto* body = new DockBody(fields, this);
    layout->addWidget(body, 1);
    form_->setContentsMargins(20, 0, 20, 0);
    form_->setVerticalSpacing(8);
    form_->setHorizontalSpacing(16);
    form_->addRow(dialog_title(tr("Preferences"), this));
    add_looks();
    add_picture();
    add_session();
    add_engine();
    layout->addLayout(closing_row(*this));  // after the fields, as the focus goes
    setFixedWidth(kWidth);
    const int around = layout->sizeHint().height() - body->sizeHint().height();
    const int most = window->screen()->availableSize().height() - kRoomAround;
    resize(kWidth, std::min(form_->heightForWidth(kWidth) + around, most));
}

void PreferencesDialog::add_looks() {
    add_heading(tr("Looks"));
    auto* theme = new QComboBox(this);
    theme->addItems({tr("As the system"), tr("Dark"), tr("Light")});
    theme->setCurrentIndex(static_cast<int>(settings::theme()));
    connect(theme, &QComboBox::activated, this,
            [this](int index) { Q_EMIT theme_chosen(static_cast<ThemeChoice>(index)); });
    form_->addRow(tr("&Theme"), theme);
    auto* scale = new QComboBox(this);
    scale->setObjectName(QStringLiteral("preferences_scale"));
    for (const int percent : {100, 125, 150, 175, 200}) {
        scale->addItem(tr("%1 %").arg(percent), percent / 100.0);
        if (std::lround(settings::ui_scale() * 100) == percent) scale->setCurrentIndex(scale->count() - 1);
    }
    connect(scale, &QComboBox::activated, this,
            [scale](int index) { settings::set_ui_scale(scale->itemData(index).toDouble()); });
    form_->addRow(tr("&Size of everything"), scale);
    add_note(tr("The size changes when the program is started again"));
    add_box(tr("Reduced &motion"), QStringLiteral("preferences_motion"), settings::reduced_motion(),
            [this](bool) { Q_EMIT reduced_motion_chosen(); });
}

void PreferencesDialog::add_picture() {
    add_heading(tr("Picture"));
    auto* resolve = new QComboBox(this);
    resolve->setObjectName(QStringLiteral("preferences_resolve"));
    resolve->addItems({tr("Automatic"), tr("Processor"), tr("Graphics device")});
    resolve->setCurrentIndex(static_cast<int>(settings::resolve_on()));
    connect(resolve, &QComboBox::activated, this,
            [this](int index) { Q_EMIT resolve_chosen(static_cast<render::ResolveOn>(index)); });
    form_->addRow(tr("&Cells resolved by"), resolve);
    auto* presenter = new QComboBox(this);
    presenter->setObjectName(QStringLiteral("preferences_presenter"));
    presenter->addItems({tr("Automatic"), tr("Read-back"), tr("Swapchain")});
    presenter->setCurrentIndex(static_cast<int>(settings::presenter()));
    connect(presenter, &QComboBox::activated, this,
            [this](int index) { Q_EMIT presenter_chosen(static_cast<PresenterChoice>(index)); });
    form_->addRow(tr("&Picture shown by"), presenter);
    add_note(tr(
        "Both take effect at once; the picture is the same. Automatic uses the graphics device where it is "
        "a real one. The status bar says what is in use."));
}

void PreferencesDialog::add_session() {
    add_heading(tr("Sessions"));
    add_box(tr("&Open the last file again at the start"), QStringLiteral("preferences_reopen"),
            settings::reopens_session(), [](bool is_on) { settings::set_reopens_session(is_on); });
    add_box(tr("As&k before runs that no file has are lost"), QStringLiteral("preferences_ask"),
            settings::asks_about_runs(), [](bool is_on) { settings::set_asks_about_runs(is_on); });
    add_box(tr("&Record every session"), QStringLiteral("preferences_record"), settings::records_sessions(),
            [](bool is_on) { settings::set_records_sessions(is_on); });
    auto* path = new ElidedLabel(this);
    auto* folder = new QPushButton(tr("Choose…"), this);
    const auto show_folder = [path] { path->setText(settings::recording_folder()); };
    show_folder();
    connect(folder, &QPushButton::clicked, this, [this, show_folder] {
        const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder for recordings"),
                                                                 settings::recording_folder());
        if (!chosen.isEmpty()) settings::set_recording_folder(chosen);
        show_folder();
    });
    auto* row = new QHBoxLayout;
    row->addWidget(path, 1);
    row->addWidget(folder);
    auto* name = new QLabel(tr("Recordings &folder"), this);
    name->setBuddy(folder);
    form_->addRow(name, row);
}

void PreferencesDialog::add_engine() {
    add_heading(tr("Engine"));
    const std::size_t n_available = n_cores();
    auto* threads = new QSpinBox(this);
    threads->setObjectName(QStringLiteral("preferences_threads"));
    threads->setAccessibleName(tr("Compute threads"));
    threads->setRange(0, static_cast<int>(n_available));
    threads->setSpecialValueText(tr("Automatic (%1)").arg(threads_beside_window(n_available)));
    threads->setValue(static_cast<int>(std::min(settings::threads(), n_available)));
    threads->setKeyboardTracking(false);
    threads->setMinimumWidth(140);
    connect(threads, &QSpinBox::valueChanged, this,
            [this](int n_threads) { Q_EMIT threads_chosen(static_cast<std::size_t>(n_threads)); });
    form_->addRow(tr("Compute t&hreads"), threads);
    add_note(
        tr("Takes effect at once, from the next token on; no number of a run depends on it. Automatic takes "
           "all cores, %1 here, less one for the window where there are more than two.")
            .arg(n_available));
}

void PreferencesDialog::add_box(const QString& text, const QString& name, bool is_checked,
                                const std::function<void(bool)>& choose) {
    auto* box = new QCheckBox(text, this);
    box->setObjectName(name);
    box->setChecked(is_checked);
    connect(box, &QCheckBox::clicked, this, choose);
    form_->addRow(QString(), box);
}

void PreferencesDialog::add_heading(const QString& text) {
    QLabel* heading = dialog_heading(text, this);
    heading->setContentsMargins(0, 10, 0, 0);
    form_->addRow(heading);
}

void PreferencesDialog::add_note(const QString& text) { form_->addRow(QString(), dialog_note(text, this)); }

}  // namespace moe::app
