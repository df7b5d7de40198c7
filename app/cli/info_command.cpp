#include <set>

#include "app/cli/commands.h"
#include "app/cli/info_json.h"
#include "app/cli/memory_words.h"
#include "app/cli/output.h"
#include "engine/families/load_model.h"
#include "engine/session/memory_need.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe::app {
namespace {

struct InfoArguments {
    std::string file;
    bool json = false;
};

/// A value of the JSON for a person: words for yes, no and nothing, thousands by comma.
std::string in_words(const Json& value) {
    if (value.is_null()) return "-";
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_string()) return value.get<std::string>();
    std::string text = value.dump();
    if (!value.is_number_integer()) return text;
    for (std::size_t place = text.size(); place > 3;) text.insert(place -= 3, ",");
    return text;
}

std::string label_of(std::string key) {
    for (char& c : key) {
        if (c == '_') c = ' ';
    }
    return key;
}

std::string object_in_words(const Json& json, const std::string& indent) {
    const std::set<std::string> kHidden{"schema", "kind", "runs"};
    std::string text;
    for (const auto& [key, value] : json.items()) {
        if (!kHidden.contains(key))
            text += fmt::format("{}{:<22} {}\n", indent, label_of(key), in_words(value));
    }
    return text;
}

Result<Json> describe(const std::string& path) {
    if (looks_like_trace(path)) {
        MOE_TRY(const std::unique_ptr<MoetraceReader> trace, MoetraceReader::open(path));
        MOE_TRY(const std::vector<TraceMark> marks, read_marks(path));
        return trace_info(*trace, marks);
    }
    MOE_TRY(GgufReader file, GgufReader::open(path));
    return model_info(std::move(file), path);
}

int show_info(const InfoArguments& arguments) {
    const Result<Json> info = describe(arguments.file);
    if (!info) return report(info.error());
    if (arguments.json) {
        write_json_line(*info);
        return output_status();
    }
    std::string text = object_in_words(*info, "");
    if (info->contains("runs")) {
        for (const Json& run : info->at("runs")) text += "\n" + object_in_words(run, "  ");
    }
    text += memory_in_words(*info, machine_memory_bytes());
    write_output(text);
    return output_status();
}

}  // namespace

CommandAction add_info_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("info", "Say what a model or a trace is");
    const auto arguments = std::make_shared<InfoArguments>();
    command->add_option("FILE", arguments->file, "A model (.gguf) or a trace (.moetrace)")->required();
    command->add_flag("--json", arguments->json, "Write JSON");
    return [arguments] { return show_info(*arguments); };
}

}  // namespace moe::app
