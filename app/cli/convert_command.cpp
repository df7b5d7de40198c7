#include <filesystem>

#include "app/cli/commands.h"
#include "app/cli/option_checks.h"
#include "app/cli/output.h"
#include "app/cli/selection_argument.h"
#include "engine/trace_io/import_run.h"
#include "engine/trace_io/trace_marks.h"
#include "engine/trace_io/write_run_file.h"

namespace moe::app {
namespace {

struct ConvertArguments {
    std::string input;
    std::string output;
    SelectionArgument selection;
    ImportHints hints;
    std::string gating = "other";
    bool force = false;
};

/// The notes on the tokens that were taken, for a file that can hold them. Its only run is 1.
Result<void> keep_marks(const ConvertArguments& arguments, const MoetraceReader& trace,
                        const Selection& selection) {
    if (std::filesystem::path(arguments.output).extension() != ".moetrace") return {};
    MOE_TRY(const std::vector<TraceMark> marks, read_marks(arguments.input));
    std::vector<TraceMark> kept;
    for (TraceMark mark : marks_of_run(marks, trace.runs(), selection.run->id)) {
        if (mark.position < selection.first || mark.position >= selection.end) continue;
        mark.position -= selection.first;
        mark.run = 1;
        kept.push_back(std::move(mark));
    }
    return kept.empty() ? Result<void>() : write_marks(arguments.output, kept);
}

Result<void> convert_trace(const ConvertArguments& arguments) {
    MOE_TRY(const std::unique_ptr<MoetraceReader> trace, MoetraceReader::open(arguments.input));
    MOE_TRY(const Selection selection, arguments.selection.in(*trace, arguments.input));
    MOE_TRY(const RunSource source, source_of(*trace, *selection.run, selection.first, selection.end));
    MOE_TRY(write_run_file(arguments.output, source));
    return keep_marks(arguments, *trace, selection);
}

/// Another program's record is one run, and all of it is taken.
Result<void> convert_capture(const ConvertArguments& arguments) {
    if (arguments.selection.has_range() || arguments.selection.run() != 0) {
        return make_error("{}: is no trace; leave out --run and --range, or convert it to .moetrace first",
                          arguments.input);
    }
    ImportHints hints = arguments.hints;
    hints.gating = gating_from_name(arguments.gating).value_or(TraceGating::Other);
    MOE_TRY(const RunSource source, import_run(arguments.input, hints));
    return write_run_file(arguments.output, source);
}

Result<void> convert(const ConvertArguments& arguments) {
    MOE_TRY(check_not_input(arguments.output, {arguments.input}));
    std::error_code unknown;
    if (!arguments.force && std::filesystem::exists(arguments.output, unknown)) {
        return make_error("{}: exists already; choose another name or allow it to be replaced (--force)",
                          arguments.output);
    }
    return looks_like_trace(arguments.input) ? convert_trace(arguments) : convert_capture(arguments);
}

}  // namespace

CommandAction add_convert_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("convert", "Write a run in another format, or import one");
    const auto arguments = std::make_shared<ConvertArguments>();
    command
        ->add_option(
            "IN", arguments->input,
            "A trace (.moetrace), arrays (.npz, .npy, .safetensors), or a saved reply of vLLM, SGLang, "
            "Megatron or Dynamo (.json)")
        ->required();
    command
        ->add_option("OUT", arguments->output,
                     "What to write, by its ending: .npz, .safetensors, .csv or .moetrace")
        ->required()
        ->check([](const std::string& path) {
            return is_run_file_name(path)
                       ? std::string()
                       : "'" + path + "' ends neither in .npz, .safetensors, .csv nor .moetrace";
        });
    arguments->selection.add_to(*command, SelectionArgument::Phases::Absent);
    const auto add_hint = [&](const char* name, std::optional<std::size_t>& value, const char* about) {
        command->add_option(name, value, about)
            ->check(CLI::Range(1, 65'535))
            ->group("Where IN does not say it");
    };
    add_hint("--experts", arguments->hints.n_experts, "Routed experts of a layer");
    add_hint("--layers", arguments->hints.n_layers, "Layers of the array");
    add_hint("--top-k", arguments->hints.top_k, "Slots of the array");
    command->add_option("--gating", arguments->gating, "How logits become scores")
        ->check(CLI::IsMember({"softmax", "sigmoid", "softmax_topk", "other"}))
        ->capture_default_str()
        ->group("Where IN does not say it");
    command
        ->add_flag("--ranked", arguments->hints.is_ranked, "The slots go from the best expert to the worst")
        ->group("Where IN does not say it");
    command->add_flag("--force", arguments->force, "Replace a file that exists");
    return [arguments] {
        const Result<void> done = convert(*arguments);
        return done ? output_status() : report(done.error());
    };
}

}  // namespace moe::app
