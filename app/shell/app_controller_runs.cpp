// The list of runs: AppController's part about their names and about letting go of them.
#include <algorithm>

#include "app/shell/app_controller.h"

namespace moe::app {

void AppController::rename_run(RunKey key, const QString& name) {
    const auto found = state_.runs.find(key);
    touch();  // a name that is refused goes back to what it was
    if (found == state_.runs.end() || name.isEmpty()) return;
    found->second.name = name;
    found->second.is_renamed = true;
}

void AppController::remove_run(RunKey key) {
    const auto found = state_.runs.find(key);
    if (found == state_.runs.end()) return;
    if (reading_ == key) forget_reading();
    if (state_.beside.run == key) read_beside({});
    const bool was_shown = state_.shown == key;
    if (was_shown && state_.is_generating()) post(Pause{}, {});
    const RunEntry removed = std::move(found->second);
    state_.runs.erase(found);
    for (auto& [other, run] : state_.runs) {
        if (run.parent != key) continue;
        run.parent = removed.parent;
        run.fork_pos = removed.parent ? std::min(run.fork_pos, removed.fork_pos) : 0;
    }
    if (shown_before_ == key) shown_before_.reset();
    touch();
    if (!was_shown) return;
    state_.shown.reset();
    state_.selection = {};
    if (removed.parent && state_.runs.contains(*removed.parent)) return show_run(*removed.parent);
    for (const auto& [other, run] : state_.runs) {
        if (other.source == key.source) return show_run(other);
    }
    if (!state_.runs.empty()) show_run(state_.runs.begin()->first);
}

}  // namespace moe::app
