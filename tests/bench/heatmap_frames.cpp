// Prints how long a picture of 1280 x 800 takes while panning and zooming over traces of 10^5 to 10^8 cells,
// drawn by the software renderer, and the same cells as one rectangle each by Qt's painter for comparison.
// Without texts and cards.
//
//   heatmap_frames [LAYERS EXPERTS TOP_K]      default 48 128 8
#include <QImage>
#include <QPainter>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/base/rng.h"
#include "render/frame_scene.h"
#include "render/renderer.h"
#include "render/scene/zoom.h"

namespace moe::render {
namespace {

constexpr int kWidth = 1280;
constexpr int kHeight = 800;
constexpr int kPanFrames = 60;
constexpr std::size_t kMostRectangles = 4'000'000;

double milliseconds_of(const auto& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

// Tokens that draw their experts with a preference that wanders along the run.
TraceSnapshot wandering_trace(const TraceShape& shape, std::size_t n_tokens) {
    Rng rng(1);
    TraceStore store(shape, TraceGating::Softmax);
    std::vector<TokenRecord> tokens(n_tokens);
    store.append_tokens(tokens);
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
        store.append_chunk(std::move(chunk));
    }
    return store.snapshot();
}

struct Times {
    std::vector<double> frames;

    double median() {
        std::ranges::sort(frames);
        return frames[frames.size() / 2];
    }
    double longest() const { return std::ranges::max(frames); }
};

// One frame after another of the same renderer.
class Motion {
  public:
    explicit Motion(FrameInput& input) : input_(input), renderer_(create_software_renderer()) {}

    double draw() {
        return milliseconds_of([&] {
            if (!renderer_->render(input_, image_)) std::abort();
        });
    }

    Times pan(std::int64_t pixels) {
        Times times;
        for (int i = 0; i < kPanFrames; ++i) {
            input_.view.tokens.offset_pixels += i < kPanFrames / 2 ? pixels : -pixels;
            times.frames.push_back(draw());
        }
        return times;
    }

    Times zoom() {
        Times times;
        const int height = panel_layout(input_).heatmap.height;
        const std::size_t n_rows = input_.trace.n_tokens();
        for (const int step : {1, -1}) {
            for (int i = 0; i < 40; ++i) {
                const TokenAxis axis =
                    clamped(zoomed_rows(input_.view.tokens, step, height / 2, 1.0), n_rows, height);
                if (axis == input_.view.tokens) break;
                input_.view.tokens = axis;
                times.frames.push_back(draw());
            }
        }
        return times;
    }

  private:
    FrameInput& input_;
    std::unique_ptr<Renderer> renderer_;
    RgbaImage image_;
};

// All chosen cells of the run as rectangles on the same area; nothing where there are too many.
void print_rectangles(const FrameInput& input) {
    const TraceShape& shape = input.trace.shape();
    const std::size_t n_slots = input.trace.n_routed() * shape.n_layers * shape.top_k;
    if (n_slots > kMostRectangles) {
        std::printf("  one rectangle a cell (Qt)      %10s\n", "too many");
        return;
    }
    const PanelLayout layout = panel_layout(input);
    QImage image(kWidth, kHeight, QImage::Format_RGBX8888);
    const double width =
        static_cast<double>(layout.heatmap.width) / static_cast<double>(shape.n_layers * shape.n_experts);
    const double height =
        static_cast<double>(layout.heatmap.height) / static_cast<double>(input.trace.n_routed());
    const double ms = milliseconds_of([&] {
        image.fill(Qt::black);
        QPainter painter(&image);
        for (std::size_t token = 0; token < input.trace.n_routed(); ++token) {
            for (std::size_t layer = 0; layer < shape.n_layers; ++layer) {
                for (const std::uint16_t expert : input.trace.experts(token, layer)) {
                    const auto column = static_cast<double>(layer * shape.n_experts + expert);
                    painter.fillRect(
                        QRectF(column * width, static_cast<double>(token) * height, width, height), Qt::cyan);
                }
            }
        }
    });
    std::printf("  one rectangle a cell (Qt)      %10.1f ms\n", ms);
}

void print_motion(const char* name, Times times) {
    const double longest = times.longest();
    std::printf("  %-30s %10.1f ms, longest %.1f ms, %zu frames\n", name, times.median(), longest,
                times.frames.size());
}

void run(const TraceShape& shape, std::size_t n_cells) {
    FrameInput input;
    input.width = kWidth;
    input.height = kHeight;
    input.trace =
        wandering_trace(shape, std::max<std::size_t>(1, n_cells / (shape.n_layers * shape.n_experts)));
    const int height = panel_layout(input).heatmap.height;
    std::printf("%zu cells: %zu tokens x %zu layers x %zu experts\n", n_cells, input.trace.n_routed(),
                shape.n_layers, shape.n_experts);
    input.view.tokens = fitted(input.trace.n_tokens(), height, 1.0);
    Motion motion(input);
    std::printf("  %-30s %10.1f ms\n", "first picture of the whole run", motion.draw());
    motion.draw();
    print_motion("the same again", {{motion.draw(), motion.draw(), motion.draw()}});
    print_motion("zoom in and out", motion.zoom());
    for (const auto& [name, row_tokens] :
         {std::pair{"pan, 1 px = 1 token", 1}, std::pair{"pan, 1 px = 48 tokens", 48},
          std::pair{"pan, 1 px = 96 tokens", 96}}) {
        input.view.tokens = {.offset_pixels = 0, .row_pixels = 1, .row_tokens = row_tokens};
        motion.draw();
        print_motion(name, motion.pan(15));
    }
    print_rectangles(input);
}

}  // namespace
}  // namespace moe::render

int main(int argc, char** argv) {
    moe::TraceShape shape{.n_layers = 48, .n_experts = 128, .top_k = 8, .layer_ids = {}};
    if (argc == 4) {
        shape.n_layers = std::strtoul(argv[1], nullptr, 10);
        shape.n_experts = std::strtoul(argv[2], nullptr, 10);
        shape.top_k = std::strtoul(argv[3], nullptr, 10);
    }
    for (const std::size_t n_cells : {100'000u, 10'000'000u, 100'000'000u}) moe::render::run(shape, n_cells);
    return 0;
}
