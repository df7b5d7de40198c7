#include <QGuiApplication>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "app/cli/commands.h"
#include "app/cli/compare_picture.h"
#include "app/cli/option_checks.h"
#include "app/cli/output.h"
#include "app/cli/picture_title.h"
#include "app/cli/selection_argument.h"
#include "app/cli/stats_charts.h"
#include "app/cli/timeline_picture.h"
#include "app/cli/token_pictures.h"
#include "app/viewport/chart_painter.h"
#include "app/viewport/label_strip.h"
#include "app/viewport/legend.h"
#include "engine/base/atomic_write.h"
#include "engine/trace_io/moetrace_reader.h"
#include "render/export/png.h"
#include "render/export/svg.h"
#include "render/renderer.h"
#include "render/resolve/resolve.h"
#include "render/scene/heatmap_value.h"
#include "render/scene/panel_layout.h"
#include "render/scene/text_mark.h"
#include "render/scene/value_histogram.h"
#include "render/scene/zoom.h"

namespace moe::app {
namespace {

constexpr int kMostPixels = 16384;     // a side
constexpr double kMostRowPixels = 28;  // logical
constexpr double kMostScale = 4;

struct RenderArguments {
    std::string trace;
    std::string output;
    std::string view = "heatmap";
    std::string size = "1280x800";
    SelectionArgument selection;
    std::optional<std::size_t> layer;
    std::optional<std::size_t> token;
    RunId other = 0;
    std::string theme = "dark";
    std::string mode = "weight";
    CLI::Option* mode_option = nullptr;
    double scale = 1.0;
    CLI::Option* scale_option = nullptr;
    std::string fold = "max";
    std::string sort = "id";
    bool collapses_layers = false;
    bool is_transposed = false;
    bool is_log = false;
    bool fits_colors = false;

    bool is_svg() const { return has_ending(output, ".svg"); }
    bool is_chart() const { return view != "heatmap" && view != "load"; }
    const render::Theme& colors() const {
        return theme == "light" ? render::kLightTheme : render::kDarkTheme;
    }
};

/// Two numbers around a separator, "1280x800".
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
    return std::ranges::find(render::heatmap_values(), name,
                             [](const render::HeatmapValueInfo& info) { return std::string(info.cli_name); })
        ->value;
}

std::vector<std::string> mode_names() {
    std::vector<std::string> names;
    for (const render::HeatmapValueInfo& info : render::heatmap_values()) names.emplace_back(info.cli_name);
    return names;
}

render::Fold fold_of(const std::string& name) {
    if (name == "mean") return render::Fold::Mean;
    return name == "count" ? render::Fold::Count : render::Fold::Max;
}

std::shared_ptr<const render::ExpertArrangement> arrangement_of(const RenderArguments& arguments,
                                                                const TraceSnapshot& trace) {
    if (!trace.has_shape()) return nullptr;
    render::ArrangementChoice choice;
    if (arguments.sort == "load") choice.sort = render::ExpertSort::ByLoad;
    if (arguments.sort == "similarity") choice.sort = render::ExpertSort::BySimilarity;
    for (std::size_t layer = 0; arguments.collapses_layers && layer < trace.shape().n_layers; ++layer)
        choice.collapsed.insert(layer);
    return render::arranged(trace, trace.shape(), choice);
}

/// Pixels a logical pixel for a picture of that size: as on a screen of that size, so that letters can be
/// read where all of the picture is seen.
double usual_scale(std::size_t width, std::size_t height) {
    const double screens = std::min(static_cast<double>(width) / 1920, static_cast<double>(height) / 1080);
    return std::clamp(std::floor(screens * 2) / 2, 1.0, kMostScale);
}

/// The part of a run that a picture shows.
struct Excerpt {
    TraceSnapshot trace;  ///< cut at the range's end
    std::size_t first_token = 0;
    std::string title;
};

Result<Excerpt> read_excerpt(const RenderArguments& arguments) {
    MOE_TRY(const std::unique_ptr<MoetraceReader> reader, open_trace(arguments.trace));
    MOE_TRY(const Selection selection, arguments.selection.in(*reader, arguments.trace));
    const TraceRunSummary& run = *selection.run;
    MOE_TRY(const std::shared_ptr<const TraceStore> store, reader->read_run(run.id));
    Excerpt excerpt;
    excerpt.trace = store->snapshot();
    excerpt.first_token = selection.first;
    if (selection.end < run.n_tokens)
        excerpt.trace = TraceStore::branch(excerpt.trace, selection.end)->snapshot();
    excerpt.title = printable_utf8(run.model.name);
    if (selection.end > selection.first) {
        excerpt.title +=
            fmt::format("   tokens {}\u2013{} of {}", selection.first, selection.end - 1, run.n_tokens);
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
    input.theme = arguments.colors();
    input.trace = excerpt.trace;
    if (arguments.is_transposed) input.view.orientation = render::Orientation::TokensAcross;
    input.view.value = value_of(arguments.mode);
    input.view.fold = fold_of(arguments.fold);
    input.view.scale.is_log = arguments.is_log;
    input.view.arrangement = arrangement_of(arguments, excerpt.trace);
    input.panels = arguments.view == "load" ? render::Panels::Load : render::Panels::All;
    const std::size_t n_rows = excerpt.trace.n_tokens() - excerpt.first_token;
    input.view.tokens = axis_for(n_rows, render::panel_layout(input).heatmap.height, input.pixel_ratio);
    input.view.tokens.offset_pixels =
        input.view.tokens.pixel_from_token(static_cast<std::int64_t>(excerpt.first_token));
    if (arguments.view == "load") input.counted = std::pair{excerpt.first_token, excerpt.trace.n_routed()};
    return input;
}

void fit_colors(render::FrameInput& input, const render::CodeCounts& codes) {
    const render::CellMeaning meaning =
        render::cell_meaning(render::heatmap_request(input, render::panel_layout(input)));
    if (const auto range = render::percentile_range(codes, meaning, kRangeTail))
        std::tie(input.view.scale.low, input.view.scale.high) = *range;
}

/// A trace without weights shows what was chosen, unless somebody asks for more.
Result<void> check_mode(const RenderArguments& arguments, const TraceSnapshot& trace) {
    if (arguments.view != "heatmap" || arguments.mode_option->count() == 0) return {};
    const render::HeatmapValue wanted = value_of(arguments.mode);
    const render::HeatmapValue shown = render::shown_value(trace, wanted);
    if (shown == wanted) return {};
    return make_error("{}: has no {}, which --mode {} needs; choose --mode {}", arguments.trace,
                      wanted == render::HeatmapValue::AppliedWeight ? "weights" : "scores", arguments.mode,
                      render::info_of(shown).cli_name);
}

Result<void> render_picture(const RenderArguments& arguments) {
    MOE_TRY(const Excerpt excerpt, read_excerpt(arguments));
    MOE_TRY(check_mode(arguments, excerpt.trace));
    render::FrameInput input = frame_of(arguments, excerpt);
    const std::unique_ptr<render::Renderer> renderer = render::create_software_renderer();
    render::RgbaImage image;
    if (arguments.fits_colors) {
        MOE_TRY(renderer->render(input, image));
        fit_colors(input, renderer->report().shown_codes);
    }
    const render::PictureTitle title = picture_title(input, excerpt.title);
    if (arguments.is_svg()) return atomic_write(arguments.output, render::frame_svg(input, title));
    for (const render::TextStrip& strip : render::text_strips(input)) {
        auto painted = std::make_shared<const render::RgbaImage>(paint_strip(strip, arguments.scale));
        input.label_strips.push_back({.rect = strip.rect, .image = std::move(painted)});
    }
    if (!title.texts.rect.is_empty()) input.label_strips.push_back(painted_title(title, arguments.scale));
    MOE_TRY(renderer->render(input, image));
    return render::write_png(arguments.output, image);
}

/// A chart's size in logical pixels.
struct ChartSize {
    int width = 0;
    int height = 0;
};

Result<render::Chart> draw_chart(const RenderArguments& arguments, ChartSize size) {
    MOE_TRY(const std::unique_ptr<MoetraceReader> trace, open_trace(arguments.trace));
    if (arguments.view == "path") {
        MOE_TRY(const render::PathChartModel model,
                path_picture(*trace, arguments.trace, arguments.selection, arguments.token));
        return render::path_chart(model, size.width, size.height, arguments.colors());
    }
    if (arguments.view == "router") {
        MOE_TRY(
            const render::RouterChartModel model,
            router_picture(*trace, arguments.trace, arguments.selection, arguments.token, arguments.layer));
        return render::router_chart(model, size.width, size.height, arguments.colors());
    }
    if (arguments.view == "timeline") {
        MOE_TRY(const render::TimelineChartModel model,
                timeline_picture(*trace, arguments.trace, arguments.selection,
                                 render::timeline_bins(size.width)));
        return render::timeline_chart(model, size.width, size.height, arguments.colors());
    }
    if (arguments.view == "compare") {
        MOE_TRY(render::CompareChartModel model,
                compare_picture(*trace, arguments.trace, arguments.selection, arguments.other));
        return render::compare_chart(std::move(model), size.width, size.height, arguments.colors());
    }
    MOE_TRY(const RunStats stats,
            read_stats(*trace, arguments.trace, arguments.selection, counts_for(arguments.view)));
    return stats_chart(stats, arguments.trace,
                       {.view = arguments.view,
                        .layer = arguments.layer,
                        .width = size.width,
                        .height = size.height,
                        .theme = arguments.colors()});
}

/// Charts are drawn in logical pixels, so that letters have the same size at every scale.
Result<void> render_chart(const RenderArguments& arguments) {
    const auto [width, height] = *parse_pair(arguments.size, 'x');
    const auto logical = [&](std::size_t pixels) {
        return static_cast<int>(std::lround(static_cast<double>(pixels) / arguments.scale));
    };
    MOE_TRY(const render::Chart chart, draw_chart(arguments, {logical(width), logical(height)}));
    if (arguments.is_svg()) return render::write_svg(arguments.output, chart);
    return render::write_png(arguments.output, chart_image(chart, static_cast<int>(width),
                                                           static_cast<int>(height), arguments.scale));
}

void check(const RenderArguments& arguments) {
    const auto size = parse_pair(arguments.size, 'x');
    const auto is_side = [](std::size_t pixels) { return pixels >= 64 && pixels <= kMostPixels; };
    if (!size || !is_side(size->first) || !is_side(size->second)) {
        throw CLI::ValidationError("--size",
                                   "'" + arguments.size + "' is not WIDTHxHEIGHT, each from 64 to 16384");
    }
    if ((arguments.view == "compare") != (arguments.other != 0))
        throw CLI::ValidationError("--other", "--view compare needs it, and no other view has it");
    if (arguments.is_transposed && arguments.is_chart())
        throw CLI::ValidationError("--transpose", "only --view heatmap and --view load have it");
}

int run_render(const RenderArguments& arguments) {
    check(arguments);
    const Result<void> place = check_not_input(arguments.output, {arguments.trace});
    if (!place) return report(place.error());
    // Text is painted by Qt, which needs an application object but no display, and nobody needs its remarks
    // about the desktop.
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
    qputenv("QT_QPA_PLATFORM", "offscreen");
    int argc = 1;
    char name[] = "moescope";
    char* argv[] = {name, nullptr};
    const QGuiApplication application(argc, argv);
    const Result<void> done =
        arguments.is_chart() ? render_chart(arguments) : render_picture(arguments);
    return done ? 0 : report(done.error());
}

}  // namespace

CommandAction add_render_command(CLI::App& program) {
    CLI::App* command = program.add_subcommand("render", "Draw a trace as a picture");
    const auto arguments = std::make_shared<RenderArguments>();
    command->add_option("TRACE", arguments->trace, "A trace (.moetrace)")->required();
    command->add_option("-o,--output", arguments->output, "Picture to write: .png or .svg")
        ->required()
        ->check([](const std::string& path) {
            return has_ending(path, ".png") || has_ending(path, ".svg")
                       ? std::string()
                       : "'" + path + "' ends neither in .png nor .svg";
        })
        ->type_name("X.png|X.svg");
    command
        ->add_option(
            "--view", arguments->view,
            "heatmap, load; or a chart: layers (the load of every expert), balance, entropy, "
            "coactivation, flow, path (of one token through the layers), router, timeline, compare (of two "
            "runs)")
        ->check(CLI::IsMember({"heatmap", "load", "layers", "balance", "entropy", "coactivation", "flow",
                               "path", "router", "timeline", "compare"}))
        ->capture_default_str();
    command
        ->add_option("--layer", arguments->layer,
                     "Layer of coactivation, flow and router, as the model counts; the first MoE layer where "
                     "not given")
        ->check(not_negative);
    command
        ->add_option("--token", arguments->token,
                     "Position of the token of path and router; the last routed one where not given")
        ->check(not_negative);
    command->add_option("--other", arguments->other, "The run that compare shows beside --run")
        ->check(CLI::Range(RunId{1}, std::numeric_limits<RunId>::max()));
    arguments->mode_option =
        command->add_option("--mode,--value", arguments->mode, "What a cell of the heatmap shows")
            ->check(CLI::IsMember(mode_names()))
            ->capture_default_str();
    command->add_option("--fold", arguments->fold, "How a pixel of many cells sums them up")
        ->check(CLI::IsMember({"max", "mean", "count"}))
        ->capture_default_str();
    command->add_option("--sort", arguments->sort, "Order of the experts of a layer")
        ->check(CLI::IsMember({"id", "load", "similarity"}))
        ->capture_default_str();
    command->add_flag("--transpose", arguments->is_transposed,
                      "Tokens run across and experts down (heatmap, load)");
    command->add_flag("--collapse", arguments->collapses_layers,
                      "Each layer as one column, its largest cell");
    command->add_flag("--log", arguments->is_log, "Colours on a logarithmic scale");
    command->add_flag("--fit-colors", arguments->fits_colors,
                      "Colours from the 1st to the 99th percentile of the picture");
    command->add_option("--size", arguments->size, "Pixels")
        ->type_name("WIDTHxHEIGHT")
        ->capture_default_str();
    arguments->scale_option =
        command
            ->add_option(
                "--scale", arguments->scale,
                "Pixels a logical pixel; 1 where not given, as a .png more from 2880x1620 on: 2 at 3840x2160")
            ->check(CLI::Range(1.0, kMostScale))
            ->check(not_nan);
    arguments->selection.add_to(*command, SelectionArgument::Phases::Absent);
    command->add_option("--theme", arguments->theme, "dark or light")
        ->check(CLI::IsMember({"dark", "light"}))
        ->capture_default_str();
    return [arguments] {
        const auto size = parse_pair(arguments->size, 'x');
        if (size && arguments->scale_option->count() == 0 && !arguments->is_svg())
            arguments->scale = usual_scale(size->first, size->second);
        return run_render(*arguments);
    };
}

}  // namespace moe::app
