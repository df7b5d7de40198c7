#include "app/shell/file_dialogs.h"

#include <QDateTime>
#include <QFileDialog>
#include <QRegularExpression>
#include <algorithm>
#include <string>
#include <vector>

#include "app/shell/settings.h"

namespace moe::app {

namespace {

QString filter(FileKind kind) {
    switch (kind) {
        case FileKind::Model:
            return QObject::tr("Models (*.gguf);;All files (*)");
        case FileKind::Trace:
            return QObject::tr("Traces (*.moetrace);;All files (*)");
        case FileKind::Any:
            break;
    }
    return QObject::tr("Models and traces (*.gguf *.moetrace);;All files (*)");
}

std::optional<std::filesystem::path> remembered(const QString& name) {
    if (name.isEmpty()) return std::nullopt;
    settings::set_last_folder(QFileInfo(name).absolutePath());
    return std::filesystem::path(name.toStdString());
}

QString time_stamp() { return QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd_HHmm")); }

// A name without one of the endings gets that of the chosen filter, as far as it can be told, else the first.
std::optional<std::filesystem::path> ask_to_save(QWidget* window, const QString& title, const QString& what,
                                                 const QString& filters,
                                                 const std::vector<std::string>& endings) {
    const QString name =
        QStringLiteral("%1/%2_%3%4")
            .arg(settings::last_folder(), what, time_stamp(), QString::fromStdString(endings[0]));
    QString chosen;
    auto path = remembered(QFileDialog::getSaveFileName(window, title, name, filters, &chosen));
    if (!path || std::ranges::find(endings, path->extension().string()) != endings.end()) return path;
    const auto ending = std::ranges::find_if(endings, [&](const std::string& e) {
        return chosen.contains(QStringLiteral("*%1)").arg(QString::fromStdString(e)));
    });
    *path += ending != endings.end() ? *ending : endings[0];
    return path;
}


}  // namespace

std::optional<std::filesystem::path> ask_file_to_open(QWidget* window, FileKind kind) {
    return remembered(
        QFileDialog::getOpenFileName(window, QObject::tr("Open"), settings::last_folder(), filter(kind)));
}

std::filesystem::path new_recording(const QString& folder, const QString& model_name) {
    QString stem = model_name.toLower();
    stem.replace(QRegularExpression(QStringLiteral("\\.gguf$")), {});
    stem.replace(QRegularExpression(QStringLiteral("[^a-z0-9._-]+")), QStringLiteral("-"));
    return QStringLiteral("%1/%2_%3.moetrace").arg(folder, stem, time_stamp()).toStdString();
}

std::optional<std::filesystem::path> ask_recording_file(QWidget* window, const QString& model_name) {
    const QString name = QString::fromStdString(new_recording(settings::last_folder(), model_name).string());
    return remembered(
        QFileDialog::getSaveFileName(window, QObject::tr("Record to"), name, filter(FileKind::Trace)));
}

std::optional<std::filesystem::path> ask_picture_file(QWidget* window, const QString& what) {
    return ask_to_save(window, QObject::tr("Save picture"), what,
                       QObject::tr("Pictures (*.png);;Vector graphics (*.svg)"), {".png", ".svg"});
}

std::optional<std::filesystem::path> ask_numbers_file(QWidget* window, const QString& what) {
    return ask_to_save(
        window, QObject::tr("Export numbers"), what,
        QObject::tr("Tables (*.csv);;NumPy arrays (*.npz);;Safetensors (*.safetensors);;Traces "
                    "(*.moetrace)"),
        {".csv", ".npz", ".safetensors", ".moetrace"});
}

}  // namespace moe::app
