// The list of runs: AppController's part about their names and about letting go of them.
#include <algorithm>
#include <utility>

#include "app/shell/app_controller.h"
#include "engine/trace_io/change_trace.h"

namespace moe::app {

void AppController::rename_run(RunKey key, const QString& name) {
    const auto found = state_.runs.find(key);
    touch();  // a name that is refused goes back to what it was
    if (found == state_.runs.end() || name.isEmpty() || found->second.name == name) return;
    found->second.name = name;
    if (key.source == RunKey::Source::Trace) return write_name(key.id, name);
    post(RenameRun{.run = key.id, .name = name.toStdString()},
         {.title = tr("Could not keep the run's name in the recording"), .retry = {}});
}

// Beside the window, one after the other: the file may be on a slow disk.
void AppController::write_name(RunId run, const QString& name) {
    ++n_names_in_work_;
    run_names_.start([this, path = state_.trace_path, run, name = name.toStdString()] {
        const Result<void> written = write_run_name(path, run, name);
        QMetaObject::invokeMethod(
            this,
            [this, written] {
                --n_names_in_work_;
                if (!written) report(tr("The run's new name is kept in memory only"), written.error(), {});
                touch();
            },
            Qt::QueuedConnection);
    });
}

std::optional<AppController::RemovedRun> AppController::remove_run(RunKey key) {
    const auto found = state_.runs.find(key);
    if (found == state_.runs.end()) return std::nullopt;
    if (reading_ == key) forget_reading();
    if (state_.beside.run == key) read_beside({});
    const bool was_shown = state_.shown == key;
    if (was_shown && state_.is_generating()) post(Pause{}, {});
    RemovedRun removed{.run = std::move(found->second), .branches = {}, .selection = {}};
    const std::optional<RunKey> parent = removed.run.parent;
    state_.runs.erase(found);
    for (auto& [other, run] : state_.runs) {
        if (run.parent != key) continue;
        removed.branches[other] = run.fork_pos;
        run.parent = parent;
        run.fork_pos = parent ? std::min(run.fork_pos, removed.run.fork_pos) : 0;
    }
    if (shown_before_ == key) shown_before_.reset();
    touch();
    if (!was_shown) return removed;
    removed.selection = std::exchange(state_.selection, {});
    state_.shown.reset();
    show_run_instead_of(removed.run);
    return removed;
}

void AppController::show_run_instead_of(const RunEntry& removed) {
    if (removed.parent && state_.runs.contains(*removed.parent)) return show_run(*removed.parent);
    for (const auto& [other, run] : state_.runs) {
        if (other.source == removed.key.source) return show_run(other);
    }
    if (!state_.runs.empty()) show_run(state_.runs.begin()->first);
}

bool AppController::can_restore_run(RunKey key) const {
    const auto found = state_.runs.find(key);
    if (found == state_.runs.end() || !pending_.empty()) return false;
    const RunState now = found->second.state;
    return now != RunState::Prefilling && now != RunState::Running;
}

void AppController::restore_run(const RemovedRun& removed) {
    const RunKey key = removed.run.key;
    RunEntry& run = state_.runs[key] = removed.run;
    for (const auto& [branch, fork_pos] : removed.branches) {
        const auto found = state_.runs.find(branch);
        if (found == state_.runs.end()) continue;
        found->second.parent = key;
        found->second.fork_pos = fork_pos;
    }
    if (run.is_partly_read) {  // a trace's: it is read again when it is shown
        run.store.reset();
        run.snapshot = {};
        run.is_partly_read = false;
    }
    touch();
    if (!removed.selection) return;
    show_run(key);
    if (state_.shown == key) select(*removed.selection);
}

}  // namespace moe::app
