#include "app/cli/command_line_run.h"

#include <chrono>
#include <cstdio>
#include <utility>

#include "engine/session/prompt.h"

namespace moe::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kBuiltInPrompt = "Once upon a time, a curious fox named Rusty";
constexpr std::size_t kTextTokens = 64;     // generated where nobody says how many
constexpr std::size_t kAnswerTokens = 512;  // the same for an answer, which mostly ends by itself

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

RecordColumns columns_of(const std::string& names) {
    RecordColumns columns{.weights = false, .router_logits = false, .branch_norm = false};
    for (const std::string& name : CLI::detail::split(names, ',')) {
        if (name == "weights")
            columns.weights = true;
        else if (name == "router_logits")
            columns.router_logits = true;
        else if (name == "branch_norm")
            columns.branch_norm = true;
        else if (name != "experts")
            throw CLI::ValidationError(
                "--record-columns", "'" + name + "' is none of experts, weights, router_logits, branch_norm");
    }
    return columns;
}

CommandLineRun::CommandLineRun(const RunArguments& arguments, const OpenModel& model, ThreadPool& pool,
                               std::stop_token interrupt)
    : arguments_(arguments),
      model_(model),
      pool_(pool),
      interrupt_(std::move(interrupt)),
      runs_(trace_shape_of(model.model->spec), trace_gating_of(model.model->spec)),
      output_(arguments.json, arguments.is_chat ? model.tokenizer.get() : nullptr) {}

std::size_t CommandLineRun::n_tokens_max() const {
    return arguments_.n_tokens.value_or(arguments_.is_chat ? kAnswerTokens : kTextTokens);
}

Result<RunSummary> CommandLineRun::perform() {
    MOE_TRY(Generation generation,
            Generation::create(
                {.model = model_.model, .tokenizer = model_.tokenizer, .n_ctx = arguments_.n_ctx}, pool_));
    MOE_TRY(const std::optional<std::string> text, first_text());
    if (!text) return summary_;
    MOE_TRY(start(*text, generation.n_ctx()));
    const Result<void> done = generate(generation);
    const bool is_interrupted = !done && done.error().cancelled;
    if (is_interrupted) summary_.reason = "stopped";
    MOE_TRY(finish(done.has_value() || is_interrupted));
    if (!done && !is_interrupted) return done.error();
    return summary_;
}

/// Nothing when a user at a terminal has nothing to say.
Result<std::optional<std::string>> CommandLineRun::first_text() {
    if (reads_lines()) {
        std::optional<std::string> line = next_line();
        if (line || LineReader::is_terminal() || interrupt_.stop_requested()) return line;
        return make_error("chat: standard input has no message; write one in each line, or use -p");
    }
    if (!arguments_.prompt.is_given()) return std::optional<std::string>(kBuiltInPrompt);
    MOE_TRY(std::string text, arguments_.prompt.text());
    return std::optional(std::move(text));
}

std::optional<std::string> CommandLineRun::next_line() {
    if (LineReader::is_terminal()) std::fputs("> ", stderr);
    return lines_.next_filled(interrupt_);
}

Result<Prompt> CommandLineRun::encode(const std::string& text, std::size_t n_ctx) const {
    const PromptOptions options{.n_ctx = n_ctx,
                                .truncate = arguments_.truncate,
                                .truncate_advice = "let its beginning be cut off (--truncate)",
                                .n_room = n_tokens_max()};
    if (!arguments_.is_chat) return encode_prompt(*model_.tokenizer, text, options);
    return encode_chat_prompt(*model_.tokenizer, model_.chat_template,
                              {.system = arguments_.system, .message = text}, options);
}

Result<void> CommandLineRun::start(const std::string& text, std::size_t n_ctx) {
    MOE_TRY(Prompt prompt, encode(text, n_ctx));
    if (prompt.n_dropped > 0) {
        std::fprintf(stderr, "The prompt is too long: its first %zu tokens were left out.\n",
                     prompt.n_dropped);
    }
    run_ = &runs_.add(text, std::move(prompt.ids), arguments_.sampling);
    run_->is_chat = arguments_.is_chat;
    run_->answers_are_lines = arguments_.is_chat && model_.chat_template.answers_are_lines();
    summary_.n_prefill = run_->n_prompt;
    return arguments_.record.empty() ? Result<void>() : start_recording();
}

Result<void> CommandLineRun::start_recording() {
    const StartRecording request{
        .path = arguments_.record,
        .if_exists =
            arguments_.overwrite ? MoetraceWriter::IfExists::Overwrite : MoetraceWriter::IfExists::Refuse,
        .columns = columns_of(arguments_.record_columns)};
    MOE_TRY(Recording recording, Recording::start(request, model_, pool_.n_threads()));
    recording_ = std::move(recording);
    summary_.trace = arguments_.record;
    return {};
}

/// Shows and records what is new. Cancelled when nobody reads the output any more.
Result<void> CommandLineRun::publish() {
    if (recording_) MOE_TRY(recording_->follow(*run_));
    if (!output_.tokens(*run_)) return cancelled_error();
    return {};
}

/// What the user did not ask for but gets.
void CommandLineRun::tell_choices() const {
    if (!arguments_.is_chat && !arguments_.prompt.is_given())
        std::fprintf(stderr, "Prompt: %s\n", kBuiltInPrompt);
    write_notice(model_.tokenizer->notice());
    if (arguments_.is_chat) write_notice(model_.chat_template.notice());
}

Result<void> CommandLineRun::generate(Generation& generation) {
    tell_choices();
    if (!output_.start(model_.model->spec.name, arguments_.sampling.seed)) return cancelled_error();
    for (bool is_over = false; !is_over;) {
        MOE_TRY(read(generation));
        MOE_TRY(answer(generation));
        is_over = !reads_lines() || summary_.reason == "context";
        if (!is_over) MOE_TRY(append_next_message(generation, is_over));
    }
    return {};
}

Result<void> CommandLineRun::append_next_message(Generation& generation, bool& is_over) {
    const std::optional<std::string> line = next_line();
    if (interrupt_.stop_requested()) return cancelled_error();
    is_over = !line.has_value();
    if (is_over) return {};
    MOE_TRY(const std::vector<TokenId> ids,
            encode_next_message(*model_.tokenizer, model_.chat_template, *run_, *line, generation.n_ctx()));
    append_prompt(*run_, ids);
    summary_.n_prefill += ids.size();
    return {};
}

Result<void> CommandLineRun::read(Generation& generation) {
    const Clock::time_point start = Clock::now();
    Result<void> published;
    MOE_TRY(generation.read(*run_, run_->tokens.size(), interrupt_, [&](std::size_t, std::size_t) {
        if (published) published = publish();
    }));
    MOE_TRY(published);
    summary_.prompt_seconds += seconds_since(start);
    return {};
}

Result<void> CommandLineRun::answer(Generation& generation) {
    const Clock::time_point start = Clock::now();
    const double seconds_before = summary_.generation_seconds;
    summary_.reason = "length";
    for (std::size_t n_tokens = 0; n_tokens < n_tokens_max(); ++n_tokens, ++summary_.n_decode) {
        const RunEnd end = generation.end_of(*run_);
        if (end == RunEnd::ContextFull) summary_.reason = "context";
        if (end == RunEnd::EndToken && !arguments_.ignore_eos) summary_.reason = "eos";
        if (summary_.reason != "length") break;
        // The newest token is left for the next step, so that the last one of all is chosen, not run.
        MOE_TRY(generation.step(*run_, RunNewest::Later, interrupt_));
        MOE_TRY(publish());
        summary_.generation_seconds = seconds_before + seconds_since(start);
    }
    if (summary_.reason == "length" && !arguments_.ignore_eos &&
        generation.end_of(*run_) == RunEnd::EndToken)
        summary_.reason = "eos";
    return output_.end_answer() ? Result<void>() : cancelled_error();
}

Result<void> CommandLineRun::finish(bool is_good) {
    if (recording_) {
        const RunStatus status = !is_good                       ? RunStatus::Failed
                                 : summary_.reason == "stopped" ? RunStatus::Stopped
                                                                : RunStatus::Complete;
        recording_->note_status(run_->id, status);
        MOE_TRY(recording_->follow(*run_));
        MOE_TRY(recording_->close());
    }
    if (is_good) output_.end(summary_);
    return {};
}

}  // namespace moe::app
