// What the engine told: AppController's part about events.
#include "app/shell/app_controller.h"
#include "app/viewport/assets.h"

namespace moe::app {

namespace {

bool is_embedded_model(const std::filesystem::path& path) {
    const Result<std::string> embedded = embedded_model_path();
    std::error_code error;
    return embedded && std::filesystem::equivalent(path, *embedded, error);
}

TraceShape shape_of(const ModelSpec& spec) {
    const MoeSpec* moe = spec.moe();
    if (moe == nullptr) return {};
    const std::vector<std::int32_t> layers = spec.moe_layer_ids();
    return {.n_layers = layers.size(), .n_experts = moe->n_experts, .top_k = moe->top_k, .layer_ids = layers};
}

QString name_of(const ModelLoaded& loaded, bool is_embedded) {
    if (is_embedded) return QObject::tr("Embedded model");
    return QString::fromStdString(loaded.path.filename().string());
}

// An Error's message has the form "WHAT: WHY; WHAT TO DO".
Failure failure_from(const QString& title, const Error& error) {
    const QString message = QString::fromStdString(error.message);
    const qsizetype advice_at = message.lastIndexOf(QStringLiteral("; "));
    Failure failure{.title = title,
                    .reason = message.left(advice_at),
                    .advice = {},
                    .details = title + QStringLiteral("\n") + message,
                    .retry = {}};
    if (advice_at >= 0) failure.advice = message.mid(advice_at + 2);
    return failure;
}

}  // namespace

void AppController::report(const QString& title, const Error& error, std::function<void()> retry,
                           Remedy remedy, const QString& retry_words) {
    touch();
    if (error.cancelled) return;
    Failure failure = failure_from(title, error);
    failure.retry = std::move(retry);
    failure.remedy = remedy;
    failure.retry_words = retry_words;
    Q_EMIT failed(failure);
}

void AppController::handle(const Event& event) {
    std::visit([this, &event](const auto& body) { handle_body(event, body); }, event.body);
}

void AppController::finish(RequestId request) {
    pending_.erase(request);
    if (pending_.empty() && !is_trace_wanted_) state_.busy = {};
}

void AppController::handle_body(const Event&, const Progress& progress) {
    const double share =
        progress.total > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.total) : -1;
    QString text = QString::fromStdString(progress.what);
    if (progress.total > 0)
        text += tr(", %1 of %2 %3")
                    .arg(progress.done)
                    .arg(progress.total)
                    .arg(QString::fromStdString(progress.unit));
    state_.busy = {.text = text, .share = share};
    touch_while_growing();
}

void AppController::handle_body(const Event&, const ModelLoaded& loaded) {
    const bool is_embedded = is_embedded_model(loaded.path);
    state_.model = ModelState{.model = loaded.model,
                              .tokenizer = loaded.tokenizer,
                              .chat_template = loaded.chat_template.with_thinking(state_.thinking),
                              .n_ctx = loaded.n_ctx,
                              .path = loaded.path,
                              .name = name_of(loaded, is_embedded),
                              .is_embedded = is_embedded,
                              .shape = shape_of(loaded.model->spec)};
    std::erase_if(state_.runs,
                  [](const auto& entry) { return entry.first.source == RunKey::Source::Engine; });
    state_.shown.reset();
    state_.selection = {};
    forget_places();
    state_.busy = {};
    state_.is_chat = loaded.chat_template.is_known() && !is_embedded;
    count_prompt_tokens();
    Q_EMIT model_opened();
    if (const std::string_view notice = loaded.tokenizer->notice(); !notice.empty()) {
        Failure failure;
        failure.title = tr("The tokenizer of this model is not known");
        failure.reason = QString::fromUtf8(notice.data(), static_cast<qsizetype>(notice.size()));
        Q_EMIT failed(failure);
    }
    touch();
}

void AppController::handle_body(const Event& event, const RunStarted& started) {
    const RunKey key{.source = RunKey::Source::Engine, .id = started.run};
    RunEntry& run = state_.runs[key];
    run.key = key;
    if (started.parent) run.parent = RunKey{.source = RunKey::Source::Engine, .id = *started.parent};
    run.fork_pos = started.fork_pos;
    run.name = QString::fromStdString(started.name);
    run.prompt = QString::fromStdString(started.prompt);
    run.sampling = started.sampling;
    run.is_chat = started.is_chat;
    const auto asked = pending_.find(event.request);
    run.has_system = asked != pending_.end() && asked->second.has_system;
    if (const auto parent = run.parent ? state_.runs.find(*run.parent) : state_.runs.end();
        parent != state_.runs.end()) {
        run.has_system = parent->second.has_system;
    }
    run.was_read = started.parent.has_value();
    run.store = started.store;
    run.snapshot = started.store->snapshot();
    run.n_tokens = run.snapshot.n_tokens();
    run.state = RunState::Paused;
    remember_place();
    n_judged_ = run.snapshot.n_routed();
    shown_before_ = state_.shown;
    state_.shown = key;
    state_.sampling = started.sampling;
    if (started.parent) {
        state_.follows = true;  // to see which other way it goes, which may have begun
        if (run.n_tokens > 0) state_.selection.token = run.n_tokens - 1;
    }
    keep_selection_inside();
    if (started.parent) remember_place();  // a new run's prompt is still to be read
    touch();
}

void AppController::handle_body(const Event&, const RunGrew& grew) {
    const RunKey key{.source = RunKey::Source::Engine, .id = grew.run};
    const auto found = state_.runs.find(key);
    if (found == state_.runs.end()) return;
    const bool rides = state_.shown == key && cursor_rides();
    RunEntry& run = found->second;
    run.snapshot = run.store->snapshot();
    run.n_tokens = run.snapshot.n_tokens();
    run.candidates.put(grew.n_tokens, grew.candidates);
    run.tokens_per_second = grew.tokens_per_second;
    run.prompt_tokens_per_second = grew.prompt_tokens_per_second;
    if (rides && run.n_tokens > 0) state_.selection.token = run.n_tokens - 1;
    if (state_.shown == key) keep_selection_inside();
    if (state_.shown == key) judge_new_tokens(run);
    if (state_.is_generating()) {
        touch_while_growing();
    } else {
        touch();
    }
}

void AppController::handle_body(const Event&, const RunStateChanged& changed_state) {
    const auto found = state_.runs.find({.source = RunKey::Source::Engine, .id = changed_state.run});
    if (found == state_.runs.end()) return;
    RunEntry& run = found->second;
    const bool was_prefilling = run.state == RunState::Prefilling;
    run.state = changed_state.state;
    if (state_.is_generating()) state_.paused_at.reset();
    const bool goes_on = run.state == RunState::Running && !is_trace_wanted_ && !state_.beside.run;
    if (goes_on || (was_prefilling && run.state != RunState::Prefilling))
        state_.busy = {};  // what had to be read was read
    const bool is_unread = was_prefilling && run.state == RunState::Failed && !run.was_read;
    run.was_read = run.was_read || (was_prefilling && run.state != RunState::Prefilling);
    if (is_unread) forget_unread_run(found->first);
    if (goes_on_with_chat(state_)) prompt_timer_.start();  // a message after this end has other tokens
    touch();
}

// A run whose prompt was not read to its end is none: what was shown before comes back.
void AppController::forget_unread_run(RunKey key) {
    state_.runs.erase(key);
    if (state_.shown == key)
        state_.shown = shown_before_ && state_.runs.contains(*shown_before_) ? shown_before_ : std::nullopt;
    keep_selection_inside();
}

void AppController::handle_body(const Event&, const RecordingChanged& recording) {
    const bool starts = recording.is_recording != state_.recording.is_recording;
    const bool is_finished = starts && !recording.is_recording && !recording.error;
    for (auto& [key, run] : state_.runs) {
        if (is_finished && key.source == RunKey::Source::Engine) run.n_recorded = run.n_tokens;
    }
    state_.recording = {
        .is_recording = recording.is_recording, .path = recording.path, .size_bytes = recording.size_bytes};
    if (recording.error) {
        report(tr("The recording stopped"), *recording.error, {});
    }
    if (starts) {
        touch();
    } else {
        touch_while_growing();
    }
}

void AppController::handle_body(const Event& event, const CommandFailed& failed_command) {
    const auto found = pending_.find(event.request);
    const Pending pending = found == pending_.end() ? Pending{} : found->second;
    finish(event.request);
    if (pending.is_load) state_.busy = {};
    report(pending.title.isEmpty() ? tr("The engine could not do that") : pending.title, failed_command.error,
           pending.retry, pending.is_load ? Remedy::OtherFile : Remedy::None, pending.retry_words);
}

void AppController::handle_body(const Event& event, const CommandDone&) {
    const auto found = pending_.find(event.request);
    const QString message = found == pending_.end() ? QString() : found->second.message;
    finish(event.request);
    if (!message.isEmpty()) Q_EMIT message_taken(message);
    touch();
}

}  // namespace moe::app
