#include <array>
#include <filesystem>
#include <string_view>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/selection_argument.h"
#include "engine/trace_io/csv.h"
#include "engine/trace_io/import_run.h"
#include "engine/trace_io/npz.h"
#include "engine/trace_io/run_arrays.h"
#include "engine/trace_io/safetensors.h"
#include "engine/trace_io/write_trace.h"

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

Result<void> write_arrays_npz(const std::string& path, const RunSource& source) {
    MOE_TRY(const RunArrays arrays, RunArrays::read(source));
    return write_npz(path, arrays.tensors());
}

Result<void> write_arrays_safetensors(const std::string& path, const RunSource& source) {
    MOE_TRY(const RunArrays arrays, RunArrays::read(source));
    return write_safetensors(path, arrays.tensors());
}

Result<void> write_rows_csv(const std::string& path, const RunSource& source) {
    return write_csv(path, source);
}

Result<void> write_trace(const std::string& path, const RunSource& source) {
    return write_moetrace(path, source);
}

struct Format {
    std::string_view extension;
    Result<void> (*write)(const std::string& path, const RunSource& source);
};
constexpr std::array kFormats{Format{".npz", write_arrays_npz},
                              Format{".safetensors", write_arrays_safetensors},
                              Format{".csv", write_rows_csv}, Format{".moetrace", write_trace}};

const Format* format_of(const std::string& path) {
    const std::string extension = std::filesystem::path(path).extension().string();
    for (const Format& format : kFormats) {
        if (format.extension == extension) return &format;
    }
    return nullptr;
}

Result<void> convert_trace(const ConvertArguments& arguments) {
    MOE_TRY(const std::unique_ptr<MoetraceReader> trace, MoetraceReader::open(arguments.input));
    MOE_TRY(const Selection selection, arguments.selection.in(*trace, arguments.input));
    MOE_TRY(const RunSource source, source_of(*trace, *selection.run, selection.first, selection.end));
    return format_of(arguments.output)->write(arguments.output, source);
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
    return format_of(arguments.output)->write(arguments.output, source);
}

Result<void> convert(const ConvertArguments& arguments) {
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
            return format_of(path) != nullptr
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
