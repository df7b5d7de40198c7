#include <array>
#include <filesystem>
#include <string_view>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/selection_argument.h"
#include "engine/trace_io/csv.h"
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
constexpr std::array kFormats{
    Format{".npz", write_arrays_npz}, Format{".safetensors", write_arrays_safetensors},
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

Result<void> convert(const ConvertArguments& arguments) {
    std::error_code unknown;
    if (!arguments.force && std::filesystem::exists(arguments.output, unknown)) {
        return make_error("{}: exists already; choose another name or allow it to be replaced (--force)",
                          arguments.output);
    }
    return convert_trace(arguments);
}

}  // namespace

CommandAction add_convert_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("convert", "Write a run of a trace in another format");
    const auto arguments = std::make_shared<ConvertArguments>();
    command->add_option("IN", arguments->input, "A trace (.moetrace)")->required();
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
    command->add_flag("--force", arguments->force, "Replace a file that exists");
    return [arguments] {
        const Result<void> done = convert(*arguments);
        return done ? output_status() : report(done.error());
    };
}

}  // namespace moe::app
