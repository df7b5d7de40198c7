#include "app/shell/app_state.h"

#include <QObject>
#include <algorithm>

namespace moe::app {

QString why_not_run_prompt(const AppState& state) {
    if (!state.model) return QObject::tr("No model is open; open one first");
    if (state.is_chat && state.prompt.isEmpty()) return QObject::tr("Write a message first");
    return {};
}

bool goes_on_with_chat(const AppState& state) {
    const RunEntry* run = state.shown_run();
    return state.is_chat && run != nullptr && run->is_chat && !state.shows_trace();
}

QString why_not_send(const AppState& state) {
    if (!goes_on_with_chat(state) || !state.model) return QObject::tr("There is no chat to go on with");
    if (state.is_generating()) return QObject::tr("Wait for the end of the answer, or pause");
    const RunEntry& run = *state.shown_run();
    if (run.state == RunState::Failed) return QObject::tr("The run failed; start a new chat");
    if (state.prompt.isEmpty()) return QObject::tr("Write a message first");
    const std::size_t n_ctx = state.model->n_ctx;
    const std::size_t n_left = n_ctx - std::min(n_ctx, run.snapshot.n_tokens());
    if (state.prompt_tokens.size() < n_left) return {};
    return QObject::tr(
               "The message takes %1 tokens and %2 of the context's %3 positions are left; start a new chat")
        .arg(state.prompt_tokens.size())
        .arg(n_left)
        .arg(n_ctx);
}

QString why_not_generate(const AppState& state) {
    if (state.shows_trace()) {
        return QObject::tr("This is a trace, there is no engine behind it; run the prompt to generate again");
    }
    if (!state.model) return QObject::tr("No model is open; open one first");
    const RunEntry* run = state.shown_run();
    if (run == nullptr) return {};
    switch (run->state) {
        case RunState::AtEnd:
            return run->is_chat ? QObject::tr("The answer is complete; write the next message")
                                : QObject::tr("The model ended its text; continue from an earlier token");
        case RunState::ContextFull:
            return QObject::tr("The model's context is full; continue from an earlier token");
        case RunState::Failed:
            return QObject::tr("The run failed; run the prompt again");
        default:
            return {};
    }
}

bool plays_record(const AppState& state) {
    return state.shows_trace() || (state.shown_run() != nullptr && state.loops && state.range);
}

QString why_not_play(const AppState& state) {
    if (!plays_record(state)) return why_not_generate(state);
    return state.shown_run()->snapshot.n_tokens() > 0 ? QString() : QObject::tr("This run has no tokens");
}

QString why_not_continue(const AppState& state) {
    if (state.shows_trace()) {
        return QObject::tr("This is a trace, there is no engine behind it; run the prompt to generate again");
    }
    if (state.shown_run() == nullptr) return QObject::tr("Nothing was generated yet");
    if (!state.selection.token) return QObject::tr("Select a token first");
    return {};
}

QString why_paused(const AppState& state) {
    const RunEntry* run = state.shown_run();
    if (!state.paused_at || !state.pause_rule || run == nullptr || run->state != RunState::Paused) return {};
    return QObject::tr("Paused at token %1, a hit of %2")
        .arg(*state.paused_at)
        .arg(find_query_in_words(*state.pause_rule));
}

QString state_word(const AppState& state) {
    if (!state.busy.text.isEmpty() && !state.is_generating()) return QObject::tr("Working");
    if (state.is_replaying) return QObject::tr("Playing");
    if (state.shows_trace()) return QObject::tr("Trace");
    const RunEntry* run = state.shown_run();
    if (run == nullptr) return state.model ? QObject::tr("Ready") : QObject::tr("No model");
    switch (run->state) {
        case RunState::Prefilling:
            return QObject::tr("Reading prompt");
        case RunState::Running:
            return QObject::tr("Generating");
        case RunState::AtEnd:
            return QObject::tr("At the end");
        case RunState::ContextFull:
            return QObject::tr("Context full");
        case RunState::Failed:
            return QObject::tr("Failed");
        case RunState::Paused:
            break;
    }
    return why_paused(state).isEmpty() ? QObject::tr("Paused") : QObject::tr("Paused at a hit");
}

}  // namespace moe::app
