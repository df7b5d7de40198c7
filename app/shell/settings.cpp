#include "app/shell/settings.h"

#include <QDir>
#include <QSettings>

namespace moe::app::settings {

namespace {

constexpr const char* kTheme = "theme";
constexpr const char* kGeometry = "window/geometry";
constexpr const char* kState = "window/state";
constexpr const char* kFolder = "files/folder";
constexpr const char* kReducedMotion = "reduced_motion";
constexpr const char* kThreads = "engine/threads";
constexpr const char* kRecentCommands = "palette/recent";
constexpr qsizetype kMostRecentCommands = 5;
constexpr int kMostThreads = 1024;

}  // namespace

ThemeChoice theme() {
    const QString name = QSettings().value(QLatin1String(kTheme)).toString();
    if (name == QLatin1String("dark")) return ThemeChoice::Dark;
    if (name == QLatin1String("light")) return ThemeChoice::Light;
    return ThemeChoice::System;
}

void set_theme(ThemeChoice choice) {
    const char* name = choice == ThemeChoice::Dark    ? "dark"
                       : choice == ThemeChoice::Light ? "light"
                                                      : "system";
    QSettings().setValue(QLatin1String(kTheme), QLatin1String(name));
}

QByteArray window_geometry() { return QSettings().value(QLatin1String(kGeometry)).toByteArray(); }

QByteArray window_state() { return QSettings().value(QLatin1String(kState)).toByteArray(); }

void set_window(const QByteArray& geometry, const QByteArray& state) {
    QSettings settings;
    settings.setValue(QLatin1String(kGeometry), geometry);
    settings.setValue(QLatin1String(kState), state);
}

QString last_folder() {
    const QString folder = QSettings().value(QLatin1String(kFolder)).toString();
    return QDir(folder).exists() && !folder.isEmpty() ? folder : QDir::homePath();
}

void set_last_folder(const QString& folder) { QSettings().setValue(QLatin1String(kFolder), folder); }

std::size_t threads() {
    const int n_threads = QSettings().value(QLatin1String(kThreads), 0).toInt();
    return n_threads < 0 || n_threads > kMostThreads ? 0 : static_cast<std::size_t>(n_threads);
}

void set_threads(std::size_t n_threads) {
    QSettings().setValue(QLatin1String(kThreads), static_cast<qulonglong>(n_threads));
}

QStringList recent_commands() {
    return QSettings().value(QLatin1String(kRecentCommands)).toStringList().mid(0, kMostRecentCommands);
}

void add_recent_command(const QString& name) {
    QStringList names = recent_commands();
    names.removeAll(name);
    names.prepend(name);
    QSettings().setValue(QLatin1String(kRecentCommands), names.mid(0, kMostRecentCommands));
}

bool reduced_motion() { return QSettings().value(QLatin1String(kReducedMotion), false).toBool(); }

void set_reduced_motion(bool reduced) { QSettings().setValue(QLatin1String(kReducedMotion), reduced); }

}  // namespace moe::app::settings
