#include "app/cli/cli.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "engine/base/version.h"

namespace moe::app {
namespace {

struct Verb {
    std::string_view name;
    CommandAction (*add)(CLI::App&);
};

constexpr std::array kVerbs{
    Verb{"info", add_info_command},     Verb{"run", add_run_command},
    Verb{"eval", add_eval_command},     Verb{"tokenize", add_tokenize_command},
    Verb{"stats", add_stats_command},   Verb{"render", add_render_command},
    Verb{"convert", add_convert_command}, Verb{"bench", add_bench_command},
    Verb{"make-model", add_make_model_command},
};
constexpr std::array<std::string_view, 1> kLaterVerbs{"train"};
constexpr std::array<std::string_view, 3> kProgramOptions{"--help", "-h", "--version"};

constexpr const char* kAbout =
    "moescope [FILE]            opens the window on a model or a trace\n"
    "moescope VERB [OPTIONS]    works without one\n\n"
    "MoEScope shows how a mixture-of-experts language model routes every token to its experts.\n"
    "Without -m the embedded model is used.";

bool contains(const auto& names, std::string_view word) {
    return std::ranges::find(names, word) != names.end();
}

int bad_usage(const std::string& message) {
    std::fprintf(stderr, "moescope: %s; see moescope --help\n", message.c_str());
    return 2;
}

int run_verb(int argc, char** argv) {
    CLI::App program(kAbout, "moescope");
    program.set_version_flag("--version", std::string("moescope ") + kProgramVersion);
    program.require_subcommand(0, 1);
    std::vector<std::pair<std::string_view, CommandAction>> actions;
    for (const Verb& verb : kVerbs) actions.emplace_back(verb.name, verb.add(program));
    try {
        program.parse(argc, argv);
        for (const auto& [name, action] : actions) {
            if (program.got_subcommand(std::string(name))) return action();
        }
        return 0;
    } catch (const CLI::Success& request) {  // --help and --version
        program.exit(request);
        return 0;
    } catch (const CLI::ParseError& error) {
        std::string message = error.what();
        std::ranges::replace(message, '\n', ' ');
        return bad_usage(message);
    }
}

/// Whether the first word asks for the window: an option of it or a file. What cannot be looked at may be a
/// file.
bool is_for_window(std::string_view word) {
    if (word.empty() || word.starts_with('-')) return true;
    std::error_code unknown;
    return std::filesystem::status(word, unknown).type() != std::filesystem::file_type::not_found;
}

}  // namespace

std::optional<int> run_command_line(int argc, char** argv) {
    if (argc < 2) return std::nullopt;
    const std::string_view word = argv[1];
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is met as a failed write and ends quietly
    if (contains(kLaterVerbs, word)) return bad_usage(std::string(word) + ": not there yet");
    const bool is_verb = std::ranges::any_of(kVerbs, [&](const Verb& verb) { return verb.name == word; });
    if (is_verb || contains(kProgramOptions, word)) return run_verb(argc, argv);
    if (is_for_window(word)) return std::nullopt;
    return bad_usage(std::string(word) + ": there is no such file or verb");
}

}  // namespace moe::app
