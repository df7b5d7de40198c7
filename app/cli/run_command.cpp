#include <chrono>
#include <cstdio>

#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_argument.h"
#include "app/cli/output.h"
#include "app/cli/run_output.h"
#include "engine/session/generate.h"
#include "engine/session/prompt.h"
#include "engine/worker/recording.h"

namespace moe::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kBuiltInPrompt = "Once upon a time, a curious fox named Rusty";

struct RunArguments {
    ModelArgument model;
    TextArgument prompt;
    std::size_t n_tokens = 64;
    SamplingParams sampling;
    std::size_t n_ctx = 0;
    std::size_t threads = 0;
    std::string record;
    std::string record_columns = "experts,weights,router_logits";
    bool overwrite = false;
    bool ignore_eos = false;
    bool truncate = false;
    bool json = false;
};

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

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

/// One run of the command line, from the prompt to the last token.
class CommandLineRun {
  public:
    CommandLineRun(const RunArguments& arguments, const OpenModel& model, ThreadPool& pool,
                   std::stop_token interrupt)
        : arguments_(arguments),
          model_(model),
          pool_(pool),
          interrupt_(std::move(interrupt)),
          runs_(trace_shape_of(model.model->spec), trace_gating_of(model.model->spec)),
          output_(arguments.json) {}

    /// Generates; an interruption is no Error but a reason to end.
    Result<RunSummary> perform() {
        MOE_TRY(
            Generation generation,
            Generation::create(
                {.model = model_.model, .tokenizer = model_.tokenizer, .n_ctx = arguments_.n_ctx}, pool_));
        MOE_TRY(start(generation.n_ctx()));
        const Result<void> done = generate(generation);
        const bool is_interrupted = !done && done.error().cancelled;
        if (is_interrupted) summary_.reason = "stopped";
        MOE_TRY(finish(done.has_value() || is_interrupted));
        if (!done && !is_interrupted) return done.error();
        return summary_;
    }

  private:
    Result<void> start(std::size_t n_ctx) {
        MOE_TRY(std::string text, arguments_.prompt.text());
        if (!arguments_.prompt.is_given()) {
            text = kBuiltInPrompt;
        }
        MOE_TRY(
            Prompt prompt,
            encode_prompt(*model_.tokenizer, text,
                          {.n_ctx = n_ctx, .truncate = arguments_.truncate, .n_room = arguments_.n_tokens}));
        if (prompt.n_dropped > 0) {
            std::fprintf(stderr, "The prompt is too long: its first %zu tokens were left out.\n",
                         prompt.n_dropped);
        }
        run_ = &runs_.add(std::move(text), std::move(prompt.ids), arguments_.sampling);
        summary_.n_prefill = run_->n_prompt;
        if (arguments_.record.empty()) return {};
        const StartRecording request{.path = arguments_.record,
                                     .if_exists = arguments_.overwrite ? MoetraceWriter::IfExists::Overwrite
                                                                       : MoetraceWriter::IfExists::Refuse,
                                     .columns = columns_of(arguments_.record_columns)};
        MOE_TRY(Recording recording, Recording::start(request, model_, pool_.n_threads()));
        recording_ = std::move(recording);
        summary_.trace = arguments_.record;
        return {};
    }

    /// Shows and records what is new. Cancelled when nobody reads the output any more.
    Result<void> publish() {
        if (recording_) MOE_TRY(recording_->follow(*run_));
        if (!output_.tokens(*run_)) return cancelled_error();
        return {};
    }

    Result<void> generate(Generation& generation) {
        if (!arguments_.prompt.is_given()) std::fprintf(stderr, "Prompt: %s\n", kBuiltInPrompt);
        if (!output_.start(model_.model->spec.name, arguments_.sampling.seed)) return cancelled_error();
        Clock::time_point start = Clock::now();
        Result<void> published;
        MOE_TRY(generation.read(*run_, run_->n_prompt, interrupt_, [&](std::size_t, std::size_t) {
            if (published) published = publish();
        }));
        MOE_TRY(published);
        summary_.prompt_seconds = seconds_since(start);
        start = Clock::now();
        summary_.reason = "length";
        for (; summary_.n_decode < arguments_.n_tokens; ++summary_.n_decode) {
            const RunEnd end = generation.end_of(*run_);
            if (end == RunEnd::ContextFull) summary_.reason = "context";
            if (end == RunEnd::EndToken && !arguments_.ignore_eos) summary_.reason = "eos";
            if (summary_.reason != "length") break;
            // The newest token is left for the next step, so that the last one of all is chosen, not run.
            MOE_TRY(generation.step(*run_, RunNewest::Later, interrupt_));
            MOE_TRY(publish());
            summary_.generation_seconds = seconds_since(start);
        }
        if (summary_.reason == "length" && !arguments_.ignore_eos &&
            generation.end_of(*run_) == RunEnd::EndToken)
            summary_.reason = "eos";
        return {};
    }

    Result<void> finish(bool is_good) {
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

    const RunArguments& arguments_;
    const OpenModel& model_;
    ThreadPool& pool_;
    std::stop_token interrupt_;
    RunTree runs_;
    Run* run_ = nullptr;
    std::optional<Recording> recording_;
    RunOutput output_;
    RunSummary summary_;
};

int run_command(const RunArguments& arguments) {
    if (!arguments.record.empty()) columns_of(arguments.record_columns);  // bad usage before any work
    const InterruptWatcher interrupt;  // before the pool's threads, which inherit the blocked signals
    const Result<std::string> path = arguments.model.path();
    if (!path) return report(path.error());
    const Result<OpenModel> model = open_model(*path);
    if (!model) return report(model.error());
    ThreadPool pool(arguments.threads);
    CommandLineRun run(arguments, *model, pool, interrupt.token());
    const Result<RunSummary> summary = run.perform();
    if (!summary) return report(summary.error());
    if (summary->n_decode > 0 && summary->generation_seconds > 0) {
        std::fprintf(stderr, "%zu prompt and %zu generated tokens, %.1f tok/s, ended by %s\n",
                     summary->n_prefill, summary->n_decode,
                     static_cast<double>(summary->n_decode) / summary->generation_seconds,
                     summary->reason.c_str());
    }
    return interrupt.was_interrupted() ? 130 : output_status();
}

}  // namespace

CommandAction add_run_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("run", "Generate text and record the routing");
    const auto arguments = std::make_shared<RunArguments>();
    arguments->model.add_to(*command);
    arguments->prompt.add_to(*command, "-p,--prompt");
    SamplingParams& sampling = arguments->sampling;
    command->add_option("-n", arguments->n_tokens, "Most tokens to generate")
        ->check(CLI::Range(0, 1 << 30))
        ->capture_default_str();
    command->add_option("--seed", sampling.seed, "Seed of the draws")->capture_default_str();
    command->add_option("--temp", sampling.temperature, "Temperature; 0 is greedy")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    command->add_option("--top-k", sampling.top_k, "Keep the k most probable tokens; 0 keeps all")
        ->check(CLI::Range(0, 1 << 30))
        ->capture_default_str();
    command->add_option("--top-p", sampling.top_p, "Keep the most probable tokens up to this share")
        ->check(CLI::Range(1e-6, 1.0))
        ->capture_default_str();
    command->add_option("--ctx", arguments->n_ctx, "Positions of the context; 0 as the model was made for")
        ->check(CLI::Range(0, 1 << 24));
    command->add_option("--threads", arguments->threads, "Threads; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    command->add_option("--record", arguments->record, "Trace file to write while generating")
        ->type_name("T.moetrace");
    command
        ->add_option("--record-columns", arguments->record_columns, "Columns to record, separated by commas")
        ->capture_default_str();
    command->add_flag("--overwrite", arguments->overwrite, "Replace a trace file that exists");
    command->add_flag("--ignore-eos", arguments->ignore_eos, "Go on after an end token");
    command->add_flag("--truncate", arguments->truncate, "Keep the end of a prompt that is too long");
    command->add_flag("--json", arguments->json, "Write JSON Lines, one for every token");
    return [arguments] { return run_command(*arguments); };
}

}  // namespace moe::app
