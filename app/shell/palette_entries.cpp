#include "app/shell/palette_entries.h"

#include <QMenu>
#include <QPointer>
#include <algorithm>

#include "app/docks/titled_dock.h"
#include "app/shell/fuzzy_match.h"

namespace moe::app {

namespace {

constexpr int kRecentBonus = 3;
constexpr int kByHelpOnly = -1000;  // behind every match by name

QString plain(QString text) { return text.remove(QLatin1Char('&')); }

void add_menu(const QMenu& menu, const QString& group, const QString& prefix,
              std::vector<PaletteEntry>& entries) {
    for (QAction* action : menu.actions()) {
        if (action->isSeparator()) continue;
        const QString name = prefix + plain(action->text());
        if (action->menu() != nullptr) {
            add_menu(*action->menu(), group, name + QStringLiteral(": "), entries);
            continue;
        }
        const bool is_allowed = action->isEnabled();
        entries.push_back({.name = name,
                           .key = action->objectName().isEmpty() ? name : action->objectName(),
                           .hint = is_allowed ? action->whatsThis() : action->toolTip(),
                           .keys = action->shortcut().toString(QKeySequence::NativeText),
                           .group = group,
                           .icon = action->icon(),
                           .is_enabled = is_allowed,
                           .is_checked = action->isCheckable() && action->isChecked(),
                           .matched = {},
                           .run = [action = QPointer<QAction>(action)] {
                               if (!action) return;
                               // Who looks for a pane wants to see it.
                               auto* const dock = qobject_cast<TitledDock*>(action->parent());
                               dock != nullptr ? dock->bring_forward() : action->trigger();
                           }});
    }
}

struct Ranked {
    PaletteEntry entry;
    int score = 0;
};

std::vector<PaletteEntry> in_order(std::vector<Ranked> ranked) {
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
    std::vector<PaletteEntry> entries;
    for (Ranked& one : ranked) entries.push_back(std::move(one.entry));
    return entries;
}

std::vector<PaletteEntry> recent_first(const std::vector<PaletteEntry>& entries, const QStringList& recent) {
    std::vector<PaletteEntry> ordered;
    for (const QString& name : recent) {
        const auto found = std::find_if(entries.begin(), entries.end(),
                                        [&](const PaletteEntry& entry) { return entry.key == name; });
        if (found == entries.end()) continue;
        ordered.push_back(*found);
        ordered.back().group = QObject::tr("Recent");
    }
    for (const PaletteEntry& entry : entries) {
        if (!recent.contains(entry.key)) ordered.push_back(entry);
    }
    return ordered;
}

}  // namespace

std::vector<PaletteEntry> palette_entries(const QMenuBar& menus) {
    std::vector<PaletteEntry> entries;
    for (const QAction* action : menus.actions()) {
        if (action->menu() != nullptr) add_menu(*action->menu(), plain(action->text()), {}, entries);
    }
    return entries;
}

std::vector<PaletteEntry> matching_entries(const std::vector<PaletteEntry>& entries, const QString& pattern,
                                           const QStringList& recent) {
    if (pattern.trimmed().isEmpty()) return recent_first(entries, recent);
    std::vector<Ranked> ranked;
    for (const PaletteEntry& entry : entries) {
        const int bonus = recent.contains(entry.key) ? kRecentBonus : 0;
        if (std::optional<FuzzyMatch> found = fuzzy_match(pattern, entry.name)) {
            ranked.push_back({.entry = entry, .score = found->score + bonus});
            ranked.back().entry.matched = std::move(found->positions);
        } else if (entry.hint.contains(pattern.trimmed(), Qt::CaseInsensitive)) {
            ranked.push_back({.entry = entry, .score = kByHelpOnly + bonus});
        }
    }
    return in_order(std::move(ranked));
}

}  // namespace moe::app
