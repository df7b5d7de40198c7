#include "app/cli/selection_argument.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string_view>

#include "engine/trace_io/moetrace_schema.h"

namespace moe::app {
namespace {

constexpr std::size_t kNoEnd = std::numeric_limits<std::size_t>::max();

std::optional<std::size_t> parse_position(std::string_view text, std::size_t left_out) {
    if (text.empty()) return left_out;
    std::size_t position = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), position);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return position;
}

}  // namespace

Result<std::unique_ptr<MoetraceReader>> open_trace(const std::string& path) {
    std::array<char, 4> begin = {};
    std::error_code unknown;
    // Looking into a pipe would wait for its writer.
    if (std::filesystem::is_regular_file(path, unknown))
        std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
    if (std::string_view(begin.data(), begin.size()) == "GGUF") {
        return make_error(
            "{}: is a model, not a trace; choose a *.moetrace file, or record one (run --record)", path);
    }
    return MoetraceReader::open(path);
}

std::optional<std::pair<std::size_t, std::size_t>> parse_range(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const auto first = parse_position(std::string_view(text).substr(0, colon), 0);
    const auto end = parse_position(std::string_view(text).substr(colon + 1), kNoEnd);
    if (!first || !end || *first > *end) return std::nullopt;
    return std::pair(*first, *end);
}

void SelectionArgument::add_to(CLI::App& command, Phases phases) {
    command.add_option("--run", run_, "Run of the trace; the one with the lowest id where not given")
        ->check(CLI::Range(RunId{1}, std::numeric_limits<RunId>::max()));
    command
        .add_option("--range", range_, "Positions FIRST:END, half-open; a side that is left out is the run's")
        ->type_name("A:B")
        ->check([](const std::string& text) {
            return parse_range(text) ? std::string()
                                     : "'" + text + "' is not FIRST:END with END not before FIRST";
        });
    if (phases == Phases::Offered) {
        command.add_option("--phase", phase_, "Tokens of the prompt or generated ones only")
            ->check(CLI::IsMember({"prefill", "decode"}));
    }
}

Result<Selection> SelectionArgument::in(const MoetraceReader& trace, const std::string& path) const {
    Selection selection;
    MOE_TRY(selection.run, trace.find_run(run_));
    selection.end = selection.run->n_tokens;
    if (!phase_.empty()) selection.phase = phase_from_name(phase_);
    if (range_.empty()) return selection;
    const auto [first, end] = *parse_range(range_);
    const bool has_end = end != kNoEnd;
    if (first > selection.end || (has_end && end > selection.end)) {
        return make_error("{}: the range {} ends behind the run's {} tokens; give a smaller one", path,
                          range_, selection.end);
    }
    selection.first = first;
    if (has_end) selection.end = end;
    return selection;
}

}  // namespace moe::app
