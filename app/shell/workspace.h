#pragma once

#include <QString>
#include <array>

#include "app/shell/command_list.h"

namespace moe::app {

/// A kind of work that the window is arranged for. Each keeps the places that its docks were given.
enum class Workspace { Live, Balance, Experts, Matrices, Compare };

inline constexpr std::array kWorkspaces{Workspace::Live, Workspace::Balance, Workspace::Experts, Workspace::Matrices,
                                        Workspace::Compare};

CommandId command_of(Workspace workspace);
QString title_of(Workspace workspace);
/// The name in the settings, the same in every language.
QString key_of(Workspace workspace);
/// Live for a name that is none.
Workspace workspace_from_key(const QString& key);

}  // namespace moe::app
