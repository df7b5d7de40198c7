#include "app/shell/workspace.h"

#include <QCoreApplication>

namespace moe::app {

namespace {

struct WorkspaceInfo {
    CommandId command;
    const char* title;
};

const WorkspaceInfo& info_of(Workspace workspace) {
    static constexpr WorkspaceInfo kInfos[] = {
        {CommandId::WorkspaceLive, QT_TRANSLATE_NOOP("Workspace", "Live")},
        {CommandId::WorkspaceBalance, QT_TRANSLATE_NOOP("Workspace", "Balance")},
        {CommandId::WorkspaceExperts, QT_TRANSLATE_NOOP("Workspace", "Experts")},
        {CommandId::WorkspaceMatrices, QT_TRANSLATE_NOOP("Workspace", "Matrices")},
        {CommandId::WorkspaceCompare, QT_TRANSLATE_NOOP("Workspace", "Compare")}};
    return kInfos[static_cast<std::size_t>(workspace)];
}

}  // namespace

CommandId command_of(Workspace workspace) { return info_of(workspace).command; }

QString title_of(Workspace workspace) {
    return QCoreApplication::translate("Workspace", info_of(workspace).title);
}

QString key_of(Workspace workspace) { return QString::fromLatin1(info_of(workspace).title).toLower(); }

Workspace workspace_from_key(const QString& key) {
    for (const Workspace workspace : kWorkspaces) {
        if (key_of(workspace) == key) return workspace;
    }
    return Workspace::Live;
}

}  // namespace moe::app
