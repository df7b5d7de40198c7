#include <QGuiApplication>
#include <algorithm>
#include <charconv>
#include <filesystem>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/picture_title.h"
#include "app/viewport/label_strip.h"
#include "engine/trace_io/moetrace_reader.h"
#include "render/export/png.h"
#include "render/renderer.h"
#include "render/scene/panel_layout.h"
#include "render/scene/text_mark.h"
#include "render/scene/zoom.h"

namespace moe::app {
namespace {

constexpr int kMostPixels = 16384;     // a side
constexpr double kMostRowPixels = 28;  // logical

struct RenderArguments {
    std::string trace;
    std::string output;
    std::string view = "heatmap";
    std::string size = "1280x800";
    std::string range;
    std::string theme = "dark";
    std::string value = "weight";
    RunId run = 0;
    double scale = 1.0;
};

/// Two numbers around a separator, "1280x800" or "10:20".
std::optional<std::pair<std::size_t, std::size_t>> parse_pair(const std::string& text, char separator) {
    std::pair<std::size_t, std::size_t> numbers{};
    const char* const end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, numbers.first);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != separator) return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, numbers.second);
    if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
    return numbers;
}

render::HeatmapValue value_of(const std::string& name) {
    if (name == "score") return render::HeatmapValue::Score;
    return name == "selected" ? render::HeatmapValue::Selected : render::HeatmapValue::AppliedWeight;
}

/// The part of a run that a picture shows.
struct Excerpt {
    TraceSnapshot trace;  ///< cut at the range's end
    std::size_t first_token = 0;
    std::string title;
};

Result<Excerpt> read_excerpt(const RenderArguments& arguments) {
    MOE_TRY(const std::unique_ptr<MoetraceReader> reader, MoetraceReader::open(arguments.trace));
    MOE_TRY(const std::shared_ptr<const TraceStore> store, reader->read_run(arguments.run));
    Excerpt excerpt;
    excerpt.trace = store->snapshot();
    std::size_t end = excerpt.trace.n_tokens();
    if (!arguments.range.empty()) {
        const auto [first, last] = *parse_pair(arguments.range, ':');
        if (last > end) {
            return make_error("{}: the range {} ends behind the run's {} tokens; give a smaller one",
                              arguments.trace, arguments.range, end);
        }
        excerpt.trace = TraceStore::branch(excerpt.trace, last)->snapshot();
        excerpt.first_token = first;
        end = last;
    }
    const auto& runs = reader->runs();
    const auto found = std::ranges::find(runs, arguments.run, &TraceRunSummary::id);
    const TraceRunSummary& run = found == runs.end() ? runs.front() : *found;
    excerpt.title = printable_utf8(run.model.name);
    if (end > excerpt.first_token) {
        excerpt.title +=
            fmt::format("   tokens {}\u2013{} of {}", excerpt.first_token, end - 1, run.n_tokens);
    }
    return excerpt;
}

/// Rows as high as all of them allow; folded where even one pixel each is too much.
render::TokenAxis axis_for(std::size_t n_rows, int height, double scale) {
    render::TokenAxis axis = render::fitted(n_rows, height, scale);
    axis.offset_pixels = 0;
    if (axis.is_folded() || n_rows == 0) return axis;
    const double most = kMostRowPixels * scale;
    axis.row_pixels = std::clamp(height / static_cast<int>(n_rows), 1, static_cast<int>(most));
    return axis;
}

render::FrameInput frame_of(const RenderArguments& arguments, const Excerpt& excerpt) {
    const auto [width, height] = *parse_pair(arguments.size, 'x');
    render::FrameInput input;
    input.width = static_cast<int>(width);
    input.height = static_cast<int>(height);
    input.pixel_ratio = arguments.scale;
    input.theme = arguments.theme == "light" ? render::kLightTheme : render::kDarkTheme;
    input.trace = excerpt.trace;
    input.view.value = value_of(arguments.value);
    input.panels = arguments.view == "load" ? render::Panels::Load : render::Panels::All;
    const std::size_t n_rows = excerpt.trace.n_tokens() - excerpt.first_token;
    input.view.tokens = axis_for(n_rows, render::panel_layout(input).heatmap.height, input.pixel_ratio);
    input.view.tokens.offset_pixels =
        input.view.tokens.pixel_from_token(static_cast<std::int64_t>(excerpt.first_token));
    if (arguments.view == "load") input.counted = std::pair{excerpt.first_token, excerpt.trace.n_routed()};
    return input;
}

Result<void> render_picture(const RenderArguments& arguments) {
    MOE_TRY(const Excerpt excerpt, read_excerpt(arguments));
    render::FrameInput input = frame_of(arguments, excerpt);
    for (const render::TextStrip& strip : render::text_strips(input)) {
        auto image = std::make_shared<const render::RgbaImage>(paint_strip(strip, arguments.scale));
        input.label_strips.push_back({.rect = strip.rect, .image = std::move(image)});
    }
    input.label_strips.push_back(picture_title(input, excerpt.title));
    render::RgbaImage image;
    MOE_TRY(render::create_software_renderer()->render(input, image));
    return render::write_png(arguments.output, image);
}

void check(const RenderArguments& arguments) {
    const auto size = parse_pair(arguments.size, 'x');
    const auto is_side = [](std::size_t pixels) { return pixels >= 64 && pixels <= kMostPixels; };
    if (!size || !is_side(size->first) || !is_side(size->second)) {
        throw CLI::ValidationError("--size",
                                   "'" + arguments.size + "' is not WIDTHxHEIGHT, each from 64 to 16384");
    }
    if (arguments.range.empty()) return;
    const auto range = parse_pair(arguments.range, ':');
    if (!range || range->first >= range->second) {
        throw CLI::ValidationError("--range", "'" + arguments.range + "' is not FIRST:END, END behind FIRST");
    }
}

int run_render(const RenderArguments& arguments) {
    check(arguments);
    // Text is painted by Qt, which needs an application object but no display, and nobody needs its remarks
    // about the desktop.
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
    qputenv("QT_QPA_PLATFORM", "offscreen");
    int argc = 1;
    char name[] = "moescope";
    char* argv[] = {name, nullptr};
    const QGuiApplication application(argc, argv);
    const Result<void> done = render_picture(arguments);
    return done ? 0 : report(done.error());
}

}  // namespace

CommandAction add_render_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("render", "Draw a trace as a picture");
    const auto arguments = std::make_shared<RenderArguments>();
    command->add_option("TRACE", arguments->trace, "A trace (.moetrace)")->required();
    command->add_option("-o,--output", arguments->output, "Picture to write (.png)")
        ->required()
        ->type_name("X.png");
    command->add_option("--view", arguments->view, "heatmap or load")
        ->check(CLI::IsMember({"heatmap", "load"}))
        ->capture_default_str();
    command->add_option("--value", arguments->value, "What a cell shows")
        ->check(CLI::IsMember({"weight", "score", "selected"}))
        ->capture_default_str();
    command->add_option("--size", arguments->size, "Pixels")
        ->type_name("WIDTHxHEIGHT")
        ->capture_default_str();
    command->add_option("--scale", arguments->scale, "Pixels a logical pixel")
        ->check(CLI::Range(1.0, 4.0))
        ->capture_default_str();
    command->add_option("--range", arguments->range, "Tokens FIRST:END, half-open")->type_name("A:B");
    command->add_option("--run", arguments->run,
                        "Run of the trace; the one with the lowest id where not given");
    command->add_option("--theme", arguments->theme, "dark or light")
        ->check(CLI::IsMember({"dark", "light"}))
        ->capture_default_str();
    return [arguments] { return run_render(*arguments); };
}

}  // namespace moe::app
