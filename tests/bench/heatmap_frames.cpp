// Prints what a picture of 1280 x 800 costs, whatever the length of the run: all sizes in turns, so that the
// ratios hold on a machine that is not alone. Without texts and cards.
//
//   heatmap_frames [--software | --gpu-resolve] [--cells 1e9] [LAYERS EXPERTS TOP_K]      default 48 128 8, up to 10^8 cells
//
// 1. A frame of the whole run, drawn again, and with all rows anew; ratios to the smallest run.
// 2. Every frame of a script that pans and zooms over the largest run, as the window draws it.
// 3. The same cells as one rectangle each, through Vulkan and by Qt's painter.
#include <time.h>
#include <QImage>
#include <QPainter>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/rng.h"
#include "render/renderer.h"
#include "render/scene/load_panel.h"
#include "render/scene/panel_layout.h"
#include "render/scene/zoom.h"

namespace moe::render {
namespace {

constexpr int kWidth = 1280;
constexpr int kHeight = 800;
constexpr int kRounds = 9;
constexpr int kPanFrames = 40;
constexpr std::size_t kMostRectangles = 1'000'000;
// As in the window: of a frame, and of a step between two frames.
constexpr std::size_t kMostValuesRead = 8'000'000;
constexpr std::size_t kValuesAhead = 1'000'000;

struct Options {
    TraceShape shape{.n_layers = 48, .n_experts = 128, .top_k = 8, .layer_ids = {}};
    double n_cells_max = 1e8;
    bool software = false;
    bool gpu_resolve = false;  ///< even on a software driver
};

double milliseconds_of(const auto& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

// By the clock and of processor time, which a machine that is not alone does not lengthen; the driver's
// threads count too.
struct FrameTime {
    double wall = 0.0;
    double processor = 0.0;
};

struct Times {
    std::vector<double> wall;
    std::vector<double> processor;

    void add(const FrameTime& time) {
        wall.push_back(time.wall);
        processor.push_back(time.processor);
    }
};

double processor_ms() {
    timespec now = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

double median_of(std::vector<double> times) {
    std::ranges::sort(times);
    return times.empty() ? 0.0 : times[times.size() / 2];
}

// Tokens that draw their experts with a preference that wanders along the run.
TraceSnapshot wandering_trace(const TraceShape& shape, std::size_t n_tokens) {
    Rng rng(1);
    TraceStore store(shape, TraceGating::Softmax);
    store.append_tokens(std::vector<TokenRecord>(n_tokens));
    const std::size_t stride = shape.n_experts / shape.top_k;
    for (std::size_t first = 0; first < n_tokens; first += kChunkTokens) {
        auto chunk = std::make_shared<TraceChunk>();
        chunk->first_token = first;
        chunk->n_tokens = std::min(kChunkTokens, n_tokens - first);
        for (std::size_t i = 0; i < chunk->n_tokens * shape.n_layers; ++i) {
            const std::size_t shift = first / 4096 + rng.below(2);
            for (std::size_t k = 0; k < shape.top_k; ++k) {
                const std::size_t expert = (k * stride + rng.below(stride) + shift) % shape.n_experts;
                chunk->experts.push_back(static_cast<std::uint16_t>(expert));
                chunk->weights.push_back(static_cast<float>(rng.uniform()) / static_cast<float>(k + 1));
            }
        }
        pack(*chunk);
        store.append_chunk(std::move(chunk));
    }
    return store.snapshot();
}

std::unique_ptr<Renderer> renderer_of(const Options& options) {
    if (!options.software) {
        Result<std::unique_ptr<Renderer>> vulkan = create_vulkan_renderer(
            {.device_name = {}, .resolve = options.gpu_resolve ? ResolveOn::Gpu : ResolveOn::Automatic});
        if (vulkan) return std::move(vulkan).value();
        std::printf("no Vulkan: %s\n", vulkan.error().message.c_str());
    }
    return create_software_renderer();
}

// A run and the renderer that draws it.
struct Subject {
    Subject(const Options& options, double cells) : n_cells(cells), renderer(renderer_of(options)) {
        const double row = static_cast<double>(options.shape.n_layers * options.shape.n_experts);
        input.width = kWidth;
        input.height = kHeight;
        input.trace =
            wandering_trace(options.shape, std::max<std::size_t>(1, static_cast<std::size_t>(cells / row)));
        input.most_values_read = kMostValuesRead;
        height = panel_layout(input).heatmap.height;
        input.view.tokens = fitted(input.trace.n_tokens(), height, 1.0);
    }

    double draw() {
        return milliseconds_of([&] {
            if (!renderer->render(input, image)) std::abort();
        });
    }
    FrameTime draw_timed() {
        const double begin = processor_ms();
        const double wall = draw();
        return {.wall = wall, .processor = processor_ms() - begin};
    }
    /// Until nothing is left to do; the longest step.
    double work_ahead() {
        double longest = 0;
        for (bool is_done = false; !is_done;)
            longest =
                std::max(longest, milliseconds_of([&] { is_done = renderer->work_ahead(kValuesAhead); }));
        return longest;
    }

    double n_cells;
    FrameInput input;
    int height = 0;
    std::unique_ptr<Renderer> renderer;
    RgbaImage image;
};

void print_sizes(std::vector<Subject>& subjects) {
    std::vector<Times> again(subjects.size()), anew(subjects.size());
    std::printf("first picture and what is summed up between frames\n");
    for (Subject& subject : subjects) {
        const double first = subject.draw();
        double longest = 0;
        const double ahead = milliseconds_of([&] { longest = subject.work_ahead(); });
        std::printf("  %8.0e cells  %7.1f ms, then %7.1f ms in steps of at most %.1f ms\n", subject.n_cells,
                    first, ahead, longest);
    }
    for (int round = 0; round < kRounds; ++round) {
        for (std::size_t i = 0; i < subjects.size(); ++i) {
            Subject& subject = subjects[i];
            const TokenAxis fit = subject.input.view.tokens;
            subject.input.view.tokens = zoomed_rows(fit, 1, subject.height / 2, 1.0);
            subject.draw();
            subject.input.view.tokens = fit;
            anew[i].add(subject.draw_timed());
            again[i].add(subject.draw_timed());
        }
    }
    std::printf(
        "the whole run: median ms by the clock, of the processor, and its ratio to the smallest run\n");
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        std::printf("  %8.0e cells, %4ld tokens a pixel", subjects[i].n_cells,
                    static_cast<long>(subjects[i].input.view.tokens.row_tokens));
        for (const auto& [name, times] : {std::pair{"again", &again}, std::pair{"all rows anew", &anew}}) {
            const double processor = median_of((*times)[i].processor);
            std::printf("   %s %6.1f, %6.1f (%.2f)", name, median_of((*times)[i].wall), processor,
                        processor / median_of(times->front().processor));
        }
        std::printf("\n");
    }
}

void print_frames(const char* name, const Times& times) {
    const auto n_late = std::ranges::count_if(times.wall, [](double ms) { return ms > 50.0; });
    std::printf("  %-28s median %5.1f, worst %5.1f ms, over 50 ms %ld of %zu; processor %5.1f, worst %5.1f\n",
                name, median_of(times.wall), std::ranges::max(times.wall), static_cast<long>(n_late),
                times.wall.size(), median_of(times.processor), std::ranges::max(times.processor));
}

// Zooms from the whole run to single tokens and back, at every scale pans there and back.
void print_script(Subject& subject, Fold fold) {
    FrameInput& input = subject.input;
    const std::size_t n_rows = input.trace.n_tokens();
    const TokenAxis fit = input.view.tokens;
    input.view.fold = fold;
    subject.draw();
    subject.work_ahead();
    Times zooms, pans, jumps;
    for (const int step : {1, -1}) {
        while (true) {
            const TokenAxis next = clamped(zoomed_rows(input.view.tokens, step, subject.height / 2, 1.0),
                                           n_rows, subject.height);
            if (next == input.view.tokens) break;
            input.view.tokens = next;
            zooms.add(subject.draw_timed());
            for (int i = 0; step > 0 && i < kPanFrames; ++i) {
                TokenAxis& axis = input.view.tokens;
                axis.offset_pixels += i < kPanFrames / 2 ? 23 : -23;
                axis = clamped(axis, n_rows, subject.height);
                pans.add(subject.draw_timed());
            }
            const TokenAxis here = input.view.tokens;
            input.view.tokens.offset_pixels = here.offset_pixels / 3;
            input.view.tokens = clamped(input.view.tokens, n_rows, subject.height);
            jumps.add(subject.draw_timed());
            input.view.tokens = here;
            subject.draw();
        }
    }
    input.view.tokens = fit;
    input.view.fold = Fold::Max;
    std::printf("script over %.0e cells, folded to the %s\n", subject.n_cells,
                fold == Fold::Max ? "maximum" : "mean");
    print_frames("zoom, all scales in and out", zooms);
    print_frames("pan, 23 pixels a frame", pans);
    print_frames("jump to a third of the way", jumps);
}

struct Cell {
    double x, y, width, height;
};

// All chosen cells of the run on the heatmap's area.
std::vector<Cell> chosen_cells(const FrameInput& input) {
    const TraceShape& shape = input.trace.shape();
    const PanelLayout layout = panel_layout(input);
    const double width =
        static_cast<double>(layout.heatmap.width) / static_cast<double>(shape.n_layers * shape.n_experts);
    const double height =
        static_cast<double>(layout.heatmap.height) / static_cast<double>(input.trace.n_routed());
    std::vector<Cell> cells;
    for (std::size_t token = 0; token < input.trace.n_routed(); ++token) {
        for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
            for (const std::uint16_t expert : input.trace.experts(token, layer)) {
                const auto column = static_cast<double>(layer * shape.n_experts + expert);
                cells.push_back({layout.heatmap.x + column * width,
                                 layout.heatmap.y + static_cast<double>(token) * height, width, height});
            }
        }
    }
    return cells;
}

double by_painter(const std::vector<Cell>& cells) {
    QImage image(kWidth, kHeight, QImage::Format_RGBX8888);
    return milliseconds_of([&] {
        image.fill(Qt::black);
        QPainter painter(&image);
        for (const Cell& cell : cells)
            painter.fillRect(QRectF(cell.x, cell.y, cell.width, cell.height), Qt::cyan);
    });
}

// As the cards are drawn: triangles of one list.
double by_triangles(const std::vector<Cell>& cells, Renderer& renderer) {
    FrameInput input;
    input.width = kWidth;
    input.height = kHeight;
    RgbaImage image;
    const auto atlas =
        std::make_shared<RgbaImage>(RgbaImage{.width = 1, .height = 1, .rgba = {255, 255, 255, 255}});
    const auto draw = [&] {
        OverlayMesh& mesh = input.overlay;
        mesh = {.vertices = {}, .indices = {}, .draws = {}, .atlas = atlas};
        for (const Cell& cell : cells) {
            const auto first = static_cast<std::uint32_t>(mesh.vertices.size());
            for (const int corner : {0, 1, 2, 3}) {
                const double x = cell.x + (corner % 2 == 1 ? cell.width : 0.0);
                const double y = cell.y + (corner / 2 == 1 ? cell.height : 0.0);
                mesh.vertices.push_back(
                    {static_cast<float>(x), static_cast<float>(y), 0.5f, 0.5f, 0xFFFFFF00u});
            }
            for (const std::uint32_t corner : {0u, 1u, 2u, 2u, 1u, 3u})
                mesh.indices.push_back(first + corner);
        }
        mesh.draws.push_back({.clip = {0, 0, kWidth, kHeight},
                              .first_index = 0,
                              .n_indices = static_cast<std::uint32_t>(mesh.indices.size())});
        if (!renderer.render(input, image)) std::abort();
    };
    draw();
    return milliseconds_of(draw);
}

void print_rectangles(std::vector<Subject>& subjects) {
    std::printf("one rectangle a chosen cell, ms and ratio to the frame with all rows anew\n");
    for (Subject& subject : subjects) {
        const TraceShape& shape = subject.input.trace.shape();
        if (subject.input.trace.n_routed() * shape.n_layers * shape.top_k > kMostRectangles) {
            std::printf("  %8.0e cells  too many\n", subject.n_cells);
            continue;
        }
        const std::vector<Cell> cells = chosen_cells(subject.input);
        const TokenAxis fit = subject.input.view.tokens;
        subject.input.view.tokens = zoomed_rows(fit, 1, subject.height / 2, 1.0);
        subject.draw();
        subject.input.view.tokens = fit;
        const double frame = subject.draw();
        const double painter = by_painter(cells);
        const double triangles = by_triangles(cells, *subject.renderer);
        std::printf("  %8.0e cells  %7zu rectangles   Qt's painter %8.1f (%.1f)   %s %8.1f (%.1f)\n",
                    subject.n_cells, cells.size(), painter, painter / frame,
                    subject.renderer->description().c_str(), triangles, triangles / frame);
    }
}

void run(const Options& options) {
    const TraceShape& shape = options.shape;
    std::printf("%zu layers x %zu experts, top %zu, %d x %d\n", shape.n_layers, shape.n_experts, shape.top_k,
                kWidth, kHeight);
    std::vector<Subject> subjects;
    for (double n_cells = 1e5; n_cells <= options.n_cells_max * 1.001; n_cells *= 10)
        subjects.emplace_back(options, n_cells);
    std::printf("drawn by %s\n", subjects.front().renderer->description().c_str());
    print_sizes(subjects);
    for (const Fold fold : {Fold::Max, Fold::Mean}) print_script(subjects.back(), fold);
    print_rectangles(subjects);
}

}  // namespace
}  // namespace moe::render

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    moe::render::Options options;
    std::vector<std::size_t> numbers;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--software") {
            options.software = true;
        } else if (word == "--gpu-resolve") {
            options.gpu_resolve = true;
        } else if (word == "--cells" && i + 1 < argc) {
            options.n_cells_max = std::strtod(argv[++i], nullptr);
        } else {
            numbers.push_back(std::strtoul(argv[i], nullptr, 10));
        }
    }
    if (numbers.size() == 3) {
        options.shape.n_layers = numbers[0];
        options.shape.n_experts = numbers[1];
        options.shape.top_k = numbers[2];
    }
    moe::render::run(options);
    return 0;
}
