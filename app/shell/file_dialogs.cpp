#include "app/shell/file_dialogs.h"

#include <QDateTime>
#include <QFileDialog>
#include <QRegularExpression>

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

std::optional<std::filesystem::path> ask_picture_file(QWidget* window) {
    const QString name = QStringLiteral("%1/moescope_%2.png").arg(settings::last_folder(), time_stamp());
    return remembered(QFileDialog::getSaveFileName(window, QObject::tr("Save picture"), name,
                                                   QObject::tr("Pictures (*.png)")));
}

}  // namespace moe::app
