#include "engine/worker/worker_engine.h"

#include <fmt/format.h>

#include <utility>

namespace moe {

Result<void> WorkerEngine::handle(const StartRun& command) {
    if (!session_) return make_error("prompt: no model is open to read it; open one first");
    MOE_TRY(check_sampling(command.sampling));
    const std::stop_token stop = work_->begin(request_, WorkKind::Reading);
    if (stop.stop_requested()) return cancelled_error();
    MOE_TRY(Prompt prompt, encode(command));

    std::string text = command.prompt;
    if (command.chat) text = chat_template(command.thinking).render(messages_of(*command.chat), true);
    Run& run = session_->runs.add(text, std::move(prompt.ids), command.sampling);
    run.is_chat = command.chat.has_value();
    run.answers_are_lines = run.is_chat && session_->open.chat_template.answers_are_lines();
    announce(run, prompt.n_dropped);
    events_.post(request_, RunStateChanged{.run = run.id, .state = RunState::Prefilling});
    const Clock::time_point began = Clock::now();
    if (const Result<void> result = read(run, run.tokens.size(), stop, "Reading the prompt"); !result) {
        drop_unread(run, result.error());
        return result;
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    prompt_tokens_per_second_ = static_cast<double>(run.tokens.size()) / seconds;
    make_present(run);
    return {};
}

ChatTemplate WorkerEngine::chat_template(Thinking thinking) const {
    return session_->open.chat_template.with_thinking(thinking);
}

Result<Prompt> WorkerEngine::encode(const StartRun& command) const {
    const PromptOptions options{.n_ctx = session_->generation.n_ctx(),
                                .truncate = command.truncate_to_context,
                                .n_room = command.n_room};
    const OpenModel& open = session_->open;
    if (!command.chat) return encode_prompt(*open.tokenizer, command.prompt, options);
    return encode_chat_prompt(*open.tokenizer, chat_template(command.thinking), *command.chat, options);
}

Result<void> WorkerEngine::handle(const AppendMessage& command) {
    if (present_ == nullptr) return make_error("chat: there is no run to go on with; start one first");
    Run& run = *present_;
    if (!run.is_chat) return make_error("{}: is no chat; start a new run with the message", run.name);
    const std::stop_token stop = work_->begin(request_, WorkKind::Reading);
    if (stop.stop_requested()) return cancelled_error();
    MOE_TRY(const std::vector<TokenId> ids,
            encode_next_message(*session_->open.tokenizer, chat_template(command.thinking), run,
                                command.message, session_->generation.n_ctx()));
    append_prompt(run, ids);
    set_state(RunState::Prefilling);
    const Clock::time_point began = Clock::now();
    const Result<void> result = read(run, run.tokens.size(), stop, "Reading the message");
    if (!result && !result.error().cancelled) {
        finish_running(run, result);
        return result;
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    if (result) prompt_tokens_per_second_ = static_cast<double>(ids.size()) / seconds;
    if (!result) note_status(run, RunStatus::Stopped);
    record(run);
    make_present(run);
    return result;
}

/// A run whose prompt was not read to its end is none. Its number is not used again.
void WorkerEngine::drop_unread(const Run& run, const Error& reason) {
    note_status(run, reason.cancelled ? RunStatus::Stopped : RunStatus::Failed);
    events_.post(request_, RunStateChanged{.run = run.id, .state = RunState::Failed});
    session_->runs.remove(run.id);
    if (present_ != nullptr) events_.post(request_, RunStateChanged{.run = present_->id, .state = *state_});
}

Result<void> WorkerEngine::handle(const ContinueFrom& command) {
    MOE_TRY(Run* const parent, find_run(command.run));
    MOE_TRY(check_branch(command, *parent));
    const std::stop_token stop = work_->begin(request_, WorkKind::Reading);
    MOE_TRY(read(*parent, command.position, stop, fmt::format("Reading {} again", parent->name)));

    Run& branch = session_->runs.add_branch(*parent, command.position, command.sampling);
    announce(branch, 0);
    record(branch);
    if (command.token) {
        const Result<void> put = session_->generation.put(branch, *command.token, RunNewest::Now, stop);
        record(branch);
        make_present(branch);
        if (!put && !put.error().cancelled) {
            finish_running(branch, put);
            return put;
        }
    }
    make_present(branch);
    return {};
}

Result<void> WorkerEngine::handle(const FindCandidates& command) {
    MOE_TRY(Run* const run, find_run(command.run));
    MOE_TRY(check_position(*run, command.position));
    const std::stop_token stop = work_->begin(request_, WorkKind::Reading);
    MOE_TRY(read(*run, command.position, stop, fmt::format("Reading {} again", run->name)));
    const std::span<const float> logits = session_->generation.logits_after(*run, command.position);
    events_.post(request_, CandidatesFound{.run = run->id,
                                           .position = command.position,
                                           .candidates = top_candidates(logits, kCandidates)});
    return {};
}

Result<void> WorkerEngine::check_position(const Run& run, std::size_t position) const {
    if (1 <= position && position <= run.tokens.size()) return {};
    return make_error("{}: nothing can follow at position {}; choose one from 1 to {}", run.name, position,
                      run.tokens.size());
}

Result<void> WorkerEngine::check_branch(const ContinueFrom& command, const Run& parent) const {
    MOE_TRY(check_position(parent, command.position));
    if (command.sampling) MOE_TRY(check_sampling(*command.sampling));
    if (!command.token) return {};
    const std::size_t n_vocab = session_->open.model->spec.n_vocab;
    if (*command.token < 0 || static_cast<std::size_t>(*command.token) >= n_vocab) {
        return make_error("token {}: is not in the vocabulary; choose one from 0 to {}", *command.token,
                          n_vocab - 1);
    }
    if (command.position >= session_->generation.n_ctx()) {
        return make_error("{}: all {} positions of the context are used; continue from an earlier one",
                          parent.name, session_->generation.n_ctx());
    }
    return {};
}

Result<void> WorkerEngine::handle(const SelectRun& command) {
    MOE_TRY(Run* const run, find_run(command.run));
    const std::stop_token stop = work_->begin(request_, WorkKind::Reading);
    MOE_TRY(read(*run, run->tokens.size(), stop, fmt::format("Reading {} again", run->name)));
    make_present(*run);
    return {};
}

Result<void> WorkerEngine::handle(const RenameRun& command) {
    MOE_TRY(Run* const run, find_run(command.run));
    run->name = command.name;
    if (!recording_) return {};
    const Result<void> result = recording_->recording.rename(*run);
    if (!result) end_recording(result.error());
    return result;
}

Result<void> WorkerEngine::handle(const SetSampling& command) {
    MOE_TRY(check_sampling(command.sampling));
    if (present_ == nullptr) return make_error("sampling: there is no run to draw for; start one first");
    present_->sampler = Sampler(command.sampling);
    present_->sampler.seek(present_->tokens.size());
    return {};
}

Result<Run*> WorkerEngine::find_run(RunId run) {
    Run* const found = session_ ? session_->runs.find(run) : nullptr;
    if (found == nullptr)
        return make_error("run {}: the open model has none of that number; choose one of the list", run);
    return found;
}

/// Brings `run` to life up to `end` and tells how far it is.
Result<void> WorkerEngine::read(Run& run, std::size_t end, const std::stop_token& stop,
                                const std::string& what) {
    if (stop.stop_requested()) return cancelled_error();
    const std::size_t n_routed_before = run.n_routed;
    const auto on_piece = [this, &run, &what, n_routed_before](std::size_t done, std::size_t total) {
        events_.post_progress(request_, {.what = what, .done = done, .total = total, .unit = "tokens"});
        if (run.n_routed == n_routed_before) return;
        record(run);
        tell_growth(run, Growth::Passing);
    };
    return session_->generation.read(run, end, stop, on_piece);
}

void WorkerEngine::announce(const Run& run, std::size_t n_prompt_dropped) {
    events_.post(request_, RunStarted{.run = run.id,
                                      .parent = run.parent,
                                      .fork_pos = run.fork_pos,
                                      .name = run.name,
                                      .prompt = run.prompt,
                                      .sampling = run.sampler.params(),
                                      .is_chat = run.is_chat,
                                      .n_prompt_dropped = n_prompt_dropped,
                                      .store = run.store});
}

/// Makes `run` the one that goes on, at rest.
void WorkerEngine::make_present(Run& run) {
    present_ = &run;
    state_.reset();
    speed_.restart();
    tell_growth(run, Growth::Last);
    set_state(resting_state(run));
}

}  // namespace moe
