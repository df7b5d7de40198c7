#include "app/shell/settings.h"

#include <QDir>
#include <QSettings>
#include <QStandardPaths>

namespace moe::app::settings {

namespace {

constexpr const char* kTheme = "theme";
constexpr const char* kGeometry = "window/geometry";
constexpr const char* kState = "window/state";
constexpr const char* kWorkspace = "window/workspace";
constexpr const char* kWorkspaces = "workspaces";
constexpr const char* kFolder = "files/folder";
constexpr const char* kReducedMotion = "reduced_motion";
constexpr const char* kThreads = "engine/threads";
constexpr const char* kResolve = "picture/resolve";
constexpr const char* kPresenter = "picture/presenter";
constexpr const char* kLayouts = "layouts";
constexpr const char* kSessionFile = "session/file";
constexpr const char* kSessionToken = "session/token";
constexpr const char* kSessionLayer = "session/layer";
constexpr const char* kSessionPicture = "session/picture";
constexpr const char* kSessionRunnerUps = "session/path_runner_ups";
constexpr const char* kSessionScores = "session/path_scores";
constexpr const char* kReopens = "session/reopens";
constexpr const char* kUiScale = "ui_scale";
constexpr const char* kRecords = "recording/every_session";
constexpr const char* kAsksAboutRuns = "recording/asks_about_runs";
constexpr const char* kRecordingFolder = "recording/folder";
constexpr const char* kRecentCommands = "palette/recent";
constexpr qsizetype kMostRecentCommands = 5;
constexpr double kLargestUiScale = 2.0;
constexpr int kMostThreads = 1024;

// A name may have any letters in it; a key of the settings may not.
QString layout_key(const QString& name) {
    return QLatin1String(kLayouts) + QLatin1Char('/') + QString::fromLatin1(name.toUtf8().toHex());
}

QString workspace_key(const QString& key) { return QLatin1String(kWorkspaces) + QLatin1Char('/') + key; }

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

QString workspace() { return QSettings().value(QLatin1String(kWorkspace)).toString(); }

void set_workspace(const QString& key) { QSettings().setValue(QLatin1String(kWorkspace), key); }

QByteArray workspace_state(const QString& key) { return QSettings().value(workspace_key(key)).toByteArray(); }

void set_workspace_state(const QString& key, const QByteArray& state) {
    QSettings().setValue(workspace_key(key), state);
}

QStringList layout_names() {
    QSettings settings;
    settings.beginGroup(QLatin1String(kLayouts));
    QStringList names;
    for (const QString& key : settings.childKeys())
        names << QString::fromUtf8(QByteArray::fromHex(key.toLatin1()));
    names.sort(Qt::CaseInsensitive);
    return names;
}

QByteArray layout(const QString& name) { return QSettings().value(layout_key(name)).toByteArray(); }

void set_layout(const QString& name, const QByteArray& state) {
    QSettings().setValue(layout_key(name), state);
}

void remove_layout(const QString& name) { QSettings().remove(layout_key(name)); }

Session session() {
    const QSettings settings;
    return {.file = settings.value(QLatin1String(kSessionFile)).toString(),
            .token = settings.value(QLatin1String(kSessionToken)).toULongLong(),
            .layer = settings.value(QLatin1String(kSessionLayer)).toULongLong(),
            .picture = settings.value(QLatin1String(kSessionPicture)).toByteArray(),
            .path_runner_ups = settings.value(QLatin1String(kSessionRunnerUps), true).toBool(),
            .path_scores = settings.value(QLatin1String(kSessionScores), false).toBool()};
}

void set_session(const Session& session) {
    QSettings settings;
    settings.setValue(QLatin1String(kSessionFile), session.file);
    settings.setValue(QLatin1String(kSessionToken), static_cast<qulonglong>(session.token));
    settings.setValue(QLatin1String(kSessionLayer), static_cast<qulonglong>(session.layer));
    settings.setValue(QLatin1String(kSessionPicture), session.picture);
    settings.setValue(QLatin1String(kSessionRunnerUps), session.path_runner_ups);
    settings.setValue(QLatin1String(kSessionScores), session.path_scores);
}

bool reopens_session() { return QSettings().value(QLatin1String(kReopens), true).toBool(); }

void set_reopens_session(bool reopens) { QSettings().setValue(QLatin1String(kReopens), reopens); }

double ui_scale() {
    const double scale = QSettings().value(QLatin1String(kUiScale), 1.0).toDouble();
    return scale >= 1.0 && scale <= kLargestUiScale ? scale : 1.0;
}

void set_ui_scale(double scale) { QSettings().setValue(QLatin1String(kUiScale), scale); }

bool asks_about_runs() { return QSettings().value(QLatin1String(kAsksAboutRuns), true).toBool(); }

void set_asks_about_runs(bool asks) { QSettings().setValue(QLatin1String(kAsksAboutRuns), asks); }

bool records_sessions() { return QSettings().value(QLatin1String(kRecords), false).toBool(); }

void set_records_sessions(bool records) { QSettings().setValue(QLatin1String(kRecords), records); }

QString recording_folder() {
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QSettings().value(QLatin1String(kRecordingFolder), documents).toString();
}

void set_recording_folder(const QString& folder) {
    QSettings().setValue(QLatin1String(kRecordingFolder), folder);
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

render::ResolveOn resolve_on() {
    const QString name = QSettings().value(QLatin1String(kResolve)).toString();
    if (name == QLatin1String("cpu")) return render::ResolveOn::Cpu;
    if (name == QLatin1String("gpu")) return render::ResolveOn::Gpu;
    return render::ResolveOn::Automatic;
}

void set_resolve_on(render::ResolveOn place) {
    const char* name = place == render::ResolveOn::Cpu   ? "cpu"
                       : place == render::ResolveOn::Gpu ? "gpu"
                                                         : "automatic";
    QSettings().setValue(QLatin1String(kResolve), QLatin1String(name));
}

PresenterChoice presenter() {
    const QString name = QSettings().value(QLatin1String(kPresenter)).toString();
    if (name == QLatin1String("readback")) return PresenterChoice::ReadBack;
    if (name == QLatin1String("swapchain")) return PresenterChoice::Swapchain;
    return PresenterChoice::Automatic;
}

void set_presenter(PresenterChoice choice) {
    const char* name = choice == PresenterChoice::ReadBack    ? "readback"
                       : choice == PresenterChoice::Swapchain ? "swapchain"
                                                              : "automatic";
    QSettings().setValue(QLatin1String(kPresenter), QLatin1String(name));
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
