#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "app/shell/theme.h"
#include "app/viewport/presenter_choice.h"
#include "render/renderer.h"

namespace moe::app {

/// What the program remembers between sessions, kept by QSettings under the application's name. Values
/// that make no sense any more read as the defaults.
namespace settings {

ThemeChoice theme();
void set_theme(ThemeChoice choice);

QByteArray window_geometry();
QByteArray window_state();  ///< places of docks and tool bars; empty: the default layout
void set_window(const QByteArray& geometry, const QByteArray& state);

QString workspace();  ///< the one that the window was in
void set_workspace(const QString& key);
QByteArray workspace_state(const QString& key);  ///< places of its docks; empty: the default ones
void set_workspace_state(const QString& key, const QByteArray& state);

QStringList layout_names();  ///< of the layouts that were saved, sorted
QByteArray layout(const QString& name);
void set_layout(const QString& name, const QByteArray& state);
void remove_layout(const QString& name);

/// Where the last session ended.
struct Session {
    QString file;  ///< a model or a trace; empty: the embedded model
    std::size_t token = 0;
    std::size_t layer = 0;
    QByteArray picture = {};  ///< what it showed, see session_picture.h
    bool path_runner_ups = true;  ///< what the path shows
    bool path_scores = false;
};
Session session();
void set_session(const Session& session);
bool reopens_session();  ///< opens the last file where no other is given
void set_reopens_session(bool reopens);

double ui_scale();  ///< 1 to 2, of everything, from the next start on
void set_ui_scale(double scale);

bool asks_about_runs();  ///< before those that no file has are lost
void set_asks_about_runs(bool asks);

bool records_sessions();  ///< every model that is opened is recorded
void set_records_sessions(bool records);
QString recording_folder();
void set_recording_folder(const QString& folder);

QString last_folder();  ///< where files were opened or saved last
void set_last_folder(const QString& folder);

std::size_t threads();  ///< of the engine; 0: as many as is sensible
void set_threads(std::size_t n_threads);

render::ResolveOn resolve_on();  ///< where the picture's cells are resolved
void set_resolve_on(render::ResolveOn place);
PresenterChoice presenter();  ///< how the picture comes to the screen
void set_presenter(PresenterChoice choice);

QStringList recent_commands();  ///< of the palette, the last one first
void add_recent_command(const QString& name);

bool reduced_motion();
void set_reduced_motion(bool reduced);

}  // namespace settings

}  // namespace moe::app
