#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "app/shell/theme.h"

namespace moe::app {

/// What the program remembers between sessions, kept by QSettings under the application's name. Values
/// that make no sense any more read as the defaults.
namespace settings {

ThemeChoice theme();
void set_theme(ThemeChoice choice);

QByteArray window_geometry();
QByteArray window_state();  ///< places of docks and tool bars; empty: the default layout
void set_window(const QByteArray& geometry, const QByteArray& state);

QString last_folder();  ///< where files were opened or saved last
void set_last_folder(const QString& folder);

std::size_t threads();  ///< of the engine; 0: as many as is sensible
void set_threads(std::size_t n_threads);

QStringList recent_commands();  ///< of the palette, the last one first
void add_recent_command(const QString& name);

bool reduced_motion();
void set_reduced_motion(bool reduced);

}  // namespace settings

}  // namespace moe::app
