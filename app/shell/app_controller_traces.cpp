// Trace files: AppController's part about runs that are read while they are shown.
#include <algorithm>

#include "app/shell/app_controller.h"
#include "engine/trace_io/import_run.h"

namespace moe::app {

namespace {

RunKey trace_key(RunId id) { return {.source = RunKey::Source::Trace, .id = id}; }

/// A recorded run is a conversation if something was read after something was chosen.
bool has_turns(const TraceSnapshot& trace) {
    for (std::size_t position = 1; position < trace.n_tokens(); ++position) {
        const bool was_chosen = trace.token(position - 1).phase == Phase::Decode;
        if (was_chosen && trace.token(position).phase == Phase::Prefill) return true;
    }
    return false;
}

bool is_imported(const TraceRunSummary& summary) { return summary.status == "imported"; }

QString model_of(const TraceRunSummary& summary) {
    const bool is_known = !is_imported(summary) || summary.model.name != kUnnamedModel;
    return is_known ? QString::fromStdString(summary.model.name) : QString();
}

RunEntry entry_of(const TraceRunSummary& summary) {
    RunEntry run;
    run.key = trace_key(summary.id);
    if (summary.parent) run.parent = trace_key(*summary.parent);
    run.fork_pos = summary.fork_pos;
    run.name =
        summary.name.empty() ? QObject::tr("run %1").arg(summary.id) : QString::fromStdString(summary.name);
    run.prompt = QString::fromStdString(summary.prompt);
    run.is_imported = is_imported(summary);
    run.n_tokens = summary.n_tokens;
    return run;
}

}  // namespace

void AppController::connect_traces() {
    connect(&traces_, &TraceLoader::opened, this,
            [this](const std::filesystem::path& path, const std::vector<TraceRunSummary>& runs) {
                opened_file_ = OpenedFile{.path = path, .runs = runs};
            });
    connect(&traces_, &TraceLoader::run_begun, this, &AppController::begin_reading);
    connect(&traces_, &TraceLoader::run_grew, this, &AppController::follow_reading);
    connect(&traces_, &TraceLoader::finished, this, &AppController::finish_reading);
    connect(&traces_, &TraceLoader::failed, this,
            [this](const std::filesystem::path& path, const Error& error) {
                drop_reading();
                const QString name = QString::fromStdString(path.filename().string());
                report(
                    tr("Could not open %1").arg(name), error, [this, path] { Q_EMIT file_wanted(path); },
                    Remedy::OtherFile);
            });
}

void AppController::begin_reading(RunId run, const std::shared_ptr<const TraceStore>& store) {
    if (!before_reading_) before_reading_ = content();
    if (opened_file_) show_opened_file();
    const RunKey key = trace_key(run);
    const auto found = state_.runs.find(key);
    if (found == state_.runs.end()) return;
    if (state_.beside.run == key) read_beside({});
    found->second.store = store;
    found->second.is_partly_read = true;
    reading_ = key;
    state_.shown = key;
    follow_reading(run);
    keep_selection_inside();
    remember_place();
    touch();
}

void AppController::show_opened_file() {
    if (state_.is_generating()) post(Pause{}, {});
    read_beside({});
    std::erase_if(state_.runs, [](const auto& entry) { return entry.first.source == RunKey::Source::Trace; });
    for (const TraceRunSummary& summary : opened_file_->runs) {
        RunEntry run = entry_of(summary);
        state_.runs[run.key] = std::move(run);
    }
    state_.trace_path = opened_file_->path;
    state_.trace_model = model_of(opened_file_->runs.front());
    state_.trace_number = ++n_traces_opened_;
    opened_file_.reset();
    forget_places();
    stop_replay();
    state_.follows = false;
    state_.selection = {.token = 0, .layer = 0, .expert = {}};
    Q_EMIT trace_opened();
}

void AppController::follow_reading(RunId run) {
    const auto found = state_.runs.find(trace_key(run));
    if (found == state_.runs.end()) return;
    RunEntry& entry = found->second;
    entry.snapshot = entry.store->snapshot();
    entry.is_chat = entry.is_chat || has_turns(entry.snapshot);
    const double share = static_cast<double>(entry.snapshot.n_tokens()) /
                         static_cast<double>(std::max<std::size_t>(entry.n_tokens, 1));
    state_.busy = {.text = tr("Reading %1 %").arg(static_cast<int>(100 * share)), .share = share};
    touch_while_growing();
}

void AppController::finish_reading(RunId run) {
    const auto found = state_.runs.find(trace_key(run));
    if (found != state_.runs.end()) {
        found->second.is_partly_read = false;
        found->second.unreadable.clear();
        found->second.is_left_unread = false;
        found->second.n_tokens = found->second.snapshot.n_tokens();
    }
    forget_reading();
    touch();
}

void AppController::connect_beside() {
    connect(&beside_, &TraceLoader::run_begun, this,
            [this](RunId run, const std::shared_ptr<const TraceStore>& store) {
                beside_store_ = store;
                follow_beside(run);
            });
    connect(&beside_, &TraceLoader::run_grew, this, &AppController::follow_beside);
    connect(&beside_, &TraceLoader::finished, this, &AppController::finish_beside);
    connect(&beside_, &TraceLoader::failed, this,
            [this](const std::filesystem::path&, const Error& error) { fail_beside(error); });
}

void AppController::read_beside(std::optional<RunKey> key) {
    const auto found = key ? state_.runs.find(*key) : state_.runs.end();
    // The run that is shown goes first.
    const bool can_read = found != state_.runs.end() && found->second.store == nullptr && !is_trace_wanted_;
    if (!can_read) key.reset();
    if (key == state_.beside.run) return;
    beside_.cancel();
    beside_store_.reset();
    state_.beside = {.run = key};
    touch();
    if (!key) return;
    found->second.unreadable.clear();
    found->second.is_left_unread = false;
    beside_.read_run(state_.trace_path, key->id);
}

void AppController::stop_beside() {
    if (!state_.beside.run) return;
    state_.runs.at(*state_.beside.run).is_left_unread = true;
    read_beside({});
}

void AppController::follow_beside(RunId run) {
    const auto n_tokens = std::max<std::size_t>(state_.runs.at(trace_key(run)).n_tokens, 1);
    state_.beside.share = std::min(
        1.0, static_cast<double>(beside_store_->snapshot().n_tokens()) / static_cast<double>(n_tokens));
    if (!growth_timer_.isActive()) growth_timer_.start();
}

void AppController::finish_beside(RunId run) {
    RunEntry& entry = state_.runs.at(trace_key(run));
    entry.store = beside_store_;
    entry.snapshot = entry.store->snapshot();
    entry.n_tokens = entry.snapshot.n_tokens();
    entry.is_chat = entry.is_chat || has_turns(entry.snapshot);
    read_beside({});
}

void AppController::fail_beside(const Error& error) {
    state_.runs.at(*state_.beside.run).unreadable = QString::fromStdString(error.message);
    read_beside({});
}

void AppController::forget_reading() {
    traces_.cancel();
    opened_file_.reset();
    before_reading_.reset();
    reading_.reset();
    is_trace_wanted_ = false;
    state_.busy = {};
}

/// What was read of a run that will not be read to its end goes; what was there before comes back.
void AppController::drop_reading() {
    if (before_reading_) restore(*before_reading_);
    forget_reading();
    touch();
}

AppController::Content AppController::content() const {
    Content content{.runs = {},
                    .trace_path = state_.trace_path,
                    .trace_model = state_.trace_model,
                    .trace_number = state_.trace_number,
                    .shown = state_.shown,
                    .selection = state_.selection,
                    .range = state_.range,
                    .follows = state_.follows};
    std::ranges::copy_if(state_.runs, std::inserter(content.runs, content.runs.end()),
                         [](const auto& entry) { return entry.first.source == RunKey::Source::Trace; });
    return content;
}

void AppController::restore(const Content& content) {
    const bool showed_trace = state_.shows_trace();
    read_beside({});
    std::erase_if(state_.runs, [](const auto& entry) { return entry.first.source == RunKey::Source::Trace; });
    state_.runs.insert(content.runs.begin(), content.runs.end());
    state_.trace_path = content.trace_path;
    state_.trace_model = content.trace_model;
    state_.trace_number = content.trace_number;
    forget_places();
    if (!showed_trace) return;
    const bool is_there = content.shown && state_.runs.contains(*content.shown);
    state_.shown = is_there ? content.shown : std::nullopt;
    state_.selection = content.selection;
    state_.range = content.range;
    state_.follows = content.follows;
    keep_selection_inside();
    remember_place();
}

}  // namespace moe::app
