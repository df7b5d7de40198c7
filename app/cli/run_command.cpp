#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "app/cli/command_line_run.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/option_checks.h"
#include "app/cli/output.h"

namespace moe::app {
namespace {

Thinking thinking_of(const std::string& name) {
    for (const Thinking effort : {Thinking::Low, Thinking::Medium, Thinking::High}) {
        if (effort_name(effort) == name) return effort;
    }
    if (name == "auto") return Thinking::Unsaid;
    return name == "on" ? Thinking::On : Thinking::Off;
}

/// Two options for one choice: an effort says that the model thinks.
void add_thinking_options(CLI::App& command, CLI::Option& chat, Thinking& thinking) {
    const auto choose = [&thinking](const std::string& name) { thinking = thinking_of(name); };
    CLI::Option* const on_off =
        command
            .add_option_function<std::string>(
                "--thinking", choose,
                "Whether the model thinks before it answers; auto is as its template has it")
            ->needs(&chat)
            ->check(CLI::IsMember({"auto", "on", "off"}))
            ->default_str("auto");
    command
        .add_option_function<std::string>("--reasoning-effort", choose,
                                          "How much it thinks, where its template knows efforts")
        ->needs(&chat)
        ->excludes(on_off)
        ->check(CLI::IsMember({"low", "medium", "high"}));
}

/// That a choice changes nothing, and what would.
std::string unknown_thinking(Thinking thinking, const ChatTemplate& chat) {
    const std::string_view effort = effort_name(thinking);
    if (effort.empty()) return "The model's chat template knows no thinking: --thinking changes nothing";
    std::string known;
    for (const Thinking choice : chat.thinking_choices()) {
        if (!effort_name(choice).empty())
            known += fmt::format("{}{}", known.empty() ? "" : ", ", effort_name(choice));
    }
    const std::string what =
        known.empty() ? "no reasoning effort" : fmt::format("the reasoning effort {}, not {}", known, effort);
    return fmt::format("The model's chat template knows {}: --reasoning-effort changes nothing", what);
}

/// Sets what is chosen about the chat, and says so where the template does not know it.
void prepare_chat(const RunArguments& arguments, ChatTemplate& chat) {
    if (!arguments.date.empty()) chat = chat.with_clock(*noon_of(arguments.date));
    const Thinking thinking = arguments.thinking;
    const bool is_known = std::ranges::count(chat.thinking_choices(), thinking) > 0;
    if (thinking != Thinking::Unsaid && !is_known) write_notice(unknown_thinking(thinking, chat));
    chat = chat.with_thinking(thinking);
}

int run_command(const RunArguments& arguments) {
    if (!arguments.record.empty()) columns_of(arguments.record_columns);  // bad usage before any work
    const InterruptWatcher interrupt;  // before the pool's threads, which inherit the blocked signals
    const Result<std::string> path = arguments.model.path();
    if (!path) return report(path.error());
    const Result<void> place = check_not_input(arguments.record, {*path, arguments.prompt.file()});
    if (!place) return report(place.error());
    Result<OpenModel> model = open_model(*path);
    if (!model) return report(model.error());
    prepare_chat(arguments, model->chat_template);
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
    CLI::Option* const chat = command->add_flag(
        "--chat", arguments->is_chat,
        "The prompt is a message in the model's chat format; without one, each line of standard input is");
    command->add_option("--system", arguments->system, "System message of the chat")
        ->needs(chat)
        ->type_name("TEXT");
    add_thinking_options(*command, *chat, arguments->thinking);
    command
        ->add_option("--date", arguments->date,
                     "The day that the chat's template takes for today; the same day, the same prompt")
        ->needs(chat)
        ->check(is_date)
        ->type_name("YYYY-MM-DD");
    command->add_option("-n", arguments->n_tokens, "Most tokens to generate, of a chat for each answer")
        ->check(CLI::Range(0, 1 << 30))
        ->default_str("64, of a chat 512");
    command->add_option("--seed", sampling.seed, "Seed of the draws")
        ->check(not_negative)
        ->capture_default_str();
    command->add_option("--temp", sampling.temperature, "Temperature; 0 is greedy")
        ->check(CLI::Range(0.0, 1000.0))
        ->check(not_nan)
        ->capture_default_str();
    command->add_option("--top-k", sampling.top_k, "Keep the k most probable tokens; 0 keeps all")
        ->check(CLI::Range(0, 1 << 30))
        ->capture_default_str();
    command->add_option("--top-p", sampling.top_p, "Keep the most probable tokens up to this share")
        ->check(CLI::Range(1e-6, 1.0))
        ->check(not_nan)
        ->capture_default_str();
    command->add_option("--ctx", arguments->n_ctx, "Positions of the context; 0 as the model was made for")
        ->check(CLI::Range(0, 1 << 24));
    command->add_option("-t,--threads", arguments->threads, "Threads; 0 for all cores")
        ->check(CLI::Range(0, 1024));
    CLI::Option* const record =
        command->add_option("--record", arguments->record, "Trace file to write while generating")
            ->type_name("T.moetrace");
    command
        ->add_option("--record-columns", arguments->record_columns, "Columns to record, separated by commas")
        ->needs(record)
        ->capture_default_str();
    command->add_flag("--overwrite", arguments->overwrite, "Replace a trace file that exists");
    command->add_flag("--ignore-eos", arguments->ignore_eos, "Go on after an end token");
    command->add_flag("--truncate", arguments->truncate, "Keep the end of a prompt that is too long");
    command->add_flag("--json", arguments->json, "Write JSON Lines, one for every token");
    return [arguments] { return run_command(*arguments); };
}

}  // namespace moe::app
