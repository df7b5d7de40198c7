// From the state to what is on the screen.
#include <algorithm>
#include <utility>

#include "app/docks/router_model.h"
#include "app/docks/token_display.h"
#include "app/shell/main_window.h"
#include "app/shell/next_token_model.h"
#include "app/viewport/selection_words.h"

namespace moe::app {

namespace {

constexpr double kPresentationScale = 1.5;
constexpr std::size_t kPromptBytesMax = 4000;   // of a recorded prompt
constexpr std::size_t kPromptTokensMax = 4000;  // whose text may be missing

QString word_of(const RunEntry& run) {
    if (!run.unreadable.isEmpty()) return QObject::tr("unreadable");
    if (run.key.source == RunKey::Source::Trace)
        return run.is_imported ? QObject::tr("imported") : QObject::tr("recorded");
    switch (run.state) {
        case RunState::Prefilling:
            return QObject::tr("reading");
        case RunState::Running:
            return QObject::tr("generating");
        case RunState::AtEnd:
            return QObject::tr("at the end");
        case RunState::ContextFull:
            return QObject::tr("context full");
        case RunState::Failed:
            return QObject::tr("failed");
        case RunState::Paused:
            break;
    }
    return QObject::tr("paused");
}

// How the layer of the shown run routes; null for a trace, whose model is not here.
const MoeSpec* moe_spec_of(const AppState& state, const TraceShape& shape, std::size_t layer) {
    if (state.shows_trace() || !state.model || layer >= shape.layer_ids.size()) return nullptr;
    const auto block = static_cast<std::size_t>(shape.layer_ids[layer]);
    const std::vector<LayerSpec>& layers = state.model->model->spec.layers;
    return block < layers.size() && layers[block].moe ? &*layers[block].moe : nullptr;
}

// Whether layers of the shown run's model have shared experts or a dense branch; a trace's model is not here.
bool has_branches(const AppState& state) {
    if (state.shows_trace() || !state.model) return false;
    return std::ranges::any_of(state.model->model->spec.layers, [](const LayerSpec& layer) {
        return layer.moe && (layer.moe->n_shared_experts > 0 || layer.d_ff_dense > 0);
    });
}

// The beginning of what a run was started with.
QString prompt_of(const RunEntry* run) {
    std::string bytes;
    if (run == nullptr) return {};
    const TraceSnapshot& trace = run->snapshot;
    std::size_t token = 0;
    const auto is_prompt = [&] {
        return token < trace.n_tokens() && trace.token(token).phase == Phase::Prefill;
    };
    for (; is_prompt() && bytes.size() <= kPromptBytesMax && token < kPromptTokensMax; ++token)
        bytes += trace.token(token).bytes;
    QString text = QString::fromUtf8(bytes.data(), std::ssize(bytes));
    if (!text.isEmpty() && is_prompt()) text += u'\u2026';
    return text;
}

// Two texts are the same text, perhaps longer, when they come from one store or from one prompt.
std::uint64_t identity_of(const AppState& state) {
    if (const RunEntry* run = state.shown_run()) return reinterpret_cast<std::uintptr_t>(run->store.get());
    return qHash(state.prompt + state.system_message) | 1;  // a store's address is even
}

}  // namespace

void MainWindow::refresh() {
    const AppState& state = controller_.state();
    const bool is_empty = state.shown_run() == nullptr;
    if (!is_empty && start_page_->isVisible()) {
        const bool had_focus = start_page_->isAncestorOf(focusWidget());
        start_page_->hide();
        if (had_focus) picture_->setFocus(Qt::OtherFocusReason);
    }
    if (is_empty) {
        start_page_->set_state(state);
        start_page_->show();
    }
    refresh_prompt();
    notes_.follow(state);
    refresh_notes();
    refresh_router();
    refresh_path();
    refresh_analysis();
    refresh_runs();
    next_token_dock_->set_model(next_token_model(state));
    refresh_find();
    refresh_timeline();
    refresh_commands();
    tool_bar_->set_state(state);
    refresh_status();
    go_on_if_recorded();
}

void MainWindow::refresh_picture() {
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    PictureModel model;
    model.theme = theme_for(theme_choice_);
    model.selection = state.selection;
    if (state.range) model.range = {state.range->first, state.range->end};
    model.follows = state.follows;
    model.is_live = state.is_generating();
    model.reduced_motion = commands_->action(CommandId::ReducedMotion)->isChecked();
    model.shows_frame_time = commands_->action(CommandId::ShowFrameTime)->isChecked();
    model.ui_scale = is_presenting_ ? kPresentationScale : 1.0;
    model.busy_text = state.busy.text;
    model.busy_share = state.busy.share;
    if (run != nullptr) {
        model.trace = run->snapshot;
        model.is_partly_read = run->is_partly_read;
        for (const auto& [position, text] : noted_) model.noted_tokens.push_back(position);
    } else if (state.model) {
        model.planned_shape = state.model->shape;
        model.planned_tokens = state.prompt_tokens;
    }
    picture_->set_model(std::move(model));
    const bool is_other_trace =
        state.shows_trace() && std::exchange(pictured_trace_, state.trace_number) != state.trace_number;
    if (is_other_trace) picture_->scroll_to_token(state.selection.token.value_or(0));
}

void MainWindow::refresh_prompt() {
    const AppState& state = controller_.state();
    const QString reason = why_not_run_prompt(state);
    PromptModel model;
    if (state.model) model.n_tokens = state.prompt_tokens.size();
    model.can_run = reason.isEmpty();
    model.run_hint = reason.isEmpty() ? tr("Starts a new run; the ones before stay (Ctrl+Enter)") : reason;
    model.was_run = state.shown_run() != nullptr;
    model.chat = {.is_on = state.is_chat,
                  .is_known = state.model && state.model->chat_template.is_known(),
                  .goes_on = goes_on_with_chat(state),
                  .why_not_send = why_not_send(state),
                  .thinking = state.thinking};
    if (state.model) model.chat.thinking_choices = state.model->chat_template.thinking_choices();
    if (state.shows_trace() && !state.model) {
        model.recorded = prompt_of(state.shown_run());
        model.recorded_note = tr("Open the model that made it to go on.");
    }
    prompt_dock_->set_model(model);
    if (prompt_dock_->sampling() != state.sampling) prompt_dock_->set_sampling(state.sampling);
}

TokenTextModel MainWindow::text_model() const {
    const AppState& state = controller_.state();
    TokenTextModel model;
    model.identity = identity_of(state);
    model.selected = state.selection.token;
    model.layer = state.selection.layer.value_or(0);
    model.range = state.range;
    model.follows = state.follows;
    model.is_live = state.is_generating();
    if (const RunEntry* run = state.shown_run()) {
        model.trace = run->snapshot;
        model.shows_turns = run->is_chat;
        model.has_system = run->has_system;
        model.notes = noted_;
    } else {
        model.planned_tokens = state.prompt_tokens;
        model.shows_turns = state.is_chat;
        model.has_system = !state.system_message.isEmpty();
    }
    return model;
}

// Scores of a long trace are read from its file: not for a dock that nobody sees.
void MainWindow::refresh_router() {
    if (!router_dock_->is_seen()) return;
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    const bool has_cell = run != nullptr && state.selection.token &&
                          *state.selection.token < run->snapshot.n_tokens() && run->snapshot.has_shape() &&
                          state.selection.layer.value_or(0) < run->snapshot.shape().n_layers;
    if (!has_cell) return router_dock_->clear(run != nullptr ? run->snapshot : TraceSnapshot{});
    const std::size_t layer = state.selection.layer.value_or(0);
    margins_.follow(run->snapshot, reinterpret_cast<std::uintptr_t>(run->store.get()));
    router_dock_->set_margins(margins_.sample());
    router_dock_->set_model(run->snapshot, router_model(run->snapshot, *state.selection.token, layer,
                                                        moe_spec_of(state, run->snapshot.shape(), layer)));
}

PathModel MainWindow::path_model() {
    const AppState& state = controller_.state();
    PathModel model;
    if (const RunEntry* run = state.shown_run()) {
        model.trace = run->snapshot;
        model.selection = state.selection;
        model.has_branches = has_branches(state);
        margins_.follow(run->snapshot, reinterpret_cast<std::uintptr_t>(run->store.get()));
        model.margins = margins_.sample();
    }
    model.reduced_motion = commands_->action(CommandId::ReducedMotion)->isChecked();
    return model;
}

void MainWindow::refresh_path() {
    if (path_dock_->is_seen()) path_dock_->set_model(path_model());
}

void MainWindow::refresh_runs() {
    const AppState& state = controller_.state();
    std::vector<RunItem> items;
    for (const auto& [key, run] : state.runs) {
        items.push_back({.key = key,
                         .parent = run.parent,
                         .name = run.name,
                         .fork_pos = run.fork_pos,
                         .n_tokens = run.n_tokens,
                         .state = word_of(run),
                         .is_current = state.shown == key});
    }
    runs_dock_->set_model(items, QString::fromStdString(state.trace_path.filename().string()));
}

void MainWindow::refresh_commands() {
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    const std::size_t n_tokens = run != nullptr ? run->snapshot.n_tokens() : 0;
    const QString nothing = tr("Nothing was generated yet");
    const QString no_generation = why_not_generate(state);
    const QString no_run = goes_on_with_chat(state) ? why_not_send(state) : why_not_run_prompt(state);
    commands_->allow(CommandId::Run, no_run.isEmpty(), no_run);
    const QString no_play = why_not_play(state);
    commands_->allow(CommandId::PlayPause, state.is_generating() || no_play.isEmpty(), no_play);
    refresh_time_commands();
    refresh_find_commands();
    refresh_export_commands();
    const bool has_next = state.selection.token && *state.selection.token + 1 < n_tokens;
    commands_->allow(CommandId::StepForward, has_next || no_generation.isEmpty(), no_generation);
    commands_->allow(CommandId::StepBack, state.selection.token.value_or(0) > 0,
                     n_tokens == 0 ? nothing : tr("This is the first token"));
    for (const CommandId id : {CommandId::FirstToken, CommandId::LastToken, CommandId::LayerUp,
                               CommandId::LayerDown, CommandId::FrameSelection, CommandId::CopySelection}) {
        commands_->allow(id, n_tokens > 0, nothing);
    }
    commands_->allow(CommandId::ContinueFromHere, why_not_continue(state).isEmpty(), why_not_continue(state));
    commands_->allow(CommandId::Chat, state.model.has_value(), tr("No model is open; open one first"));
    commands_->action(CommandId::Chat)->setChecked(state.is_chat);
    commands_->allow(CommandId::Record, state.model.has_value(), tr("No model is open; open one first"));
    commands_->action(CommandId::Follow)->setChecked(state.follows);
    commands_->action(CommandId::Record)->setChecked(state.recording.is_recording);
    commands_->action(command_of_speed(state.speed))->setChecked(true);
}

QString MainWindow::selection_words() const {
    const AppState& state = controller_.state();
    const RunEntry* run = state.shown_run();
    if (run == nullptr || !state.selection.token || *state.selection.token >= run->snapshot.n_tokens())
        return {};
    return QString::fromStdString(selection_in_words(run->snapshot, state.selection));
}

void MainWindow::refresh_status() {
    status_bar_->set_state(
        controller_.state(),
        {.backend = picture_->backend_description(), .frame_ms = picture_->last_frame_ms()},
        selection_words());
}

void MainWindow::bring_selection_into_view() {
    const std::optional<std::size_t> token = controller_.state().selection.token;
    const auto visible = picture_->visible_tokens();
    if (!token || !visible) return;
    if (*token < visible->first || *token >= visible->second) picture_->scroll_to_token(*token);
}

}  // namespace moe::app
