#pragma once

#include <QAction>
#include <QIcon>
#include <QMenuBar>
#include <functional>
#include <vector>

namespace moe::app {

/// A row of the palette: something that can be done.
struct PaletteEntry {
    QString name = {};   ///< what is shown and matched
    QString key = {};    ///< what is remembered: the name, without what Undo and Redo say behind theirs
    QString hint = {};   ///< what it does, or why it cannot be done now
    QString keys = {};   ///< as the desktop writes them; may be empty
    QString group = {};  ///< the heading it stands under: its menu
    QIcon icon = {};
    bool is_enabled = true;
    bool is_checked = false;
    std::vector<qsizetype> matched = {};  ///< letters of the name that were typed
    std::function<void()> run = {};
};

/// Every action of the menus, in menu order; of a submenu as "Show: Probability". What stands in a menu can
/// be found in the palette without being listed again.
std::vector<PaletteEntry> palette_entries(const QMenuBar& menus);

/// The entries that answer to `pattern`, best first; by name, else by what they do. Ties and an empty pattern
/// keep the order, with those named in `recent` first, under a heading of their own.
std::vector<PaletteEntry> matching_entries(const std::vector<PaletteEntry>& entries, const QString& pattern,
                                           const QStringList& recent);

}  // namespace moe::app
