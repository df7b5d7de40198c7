#include "render/export/frame_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "render/export/svg_parts.h"
#include "render/frame_scene.h"
#include "render/scene/role_font.h"

namespace moe::render {
namespace {

constexpr const char* kMono = " font-family=\"'JetBrains Mono', monospace\" font-variant-ligatures=\"none\"";

/// Neighbouring pixels of one code, over one or more rows.
struct Run {
    int x = 0;
    int end_x = 0;
    int y = 0;
    int height = 1;
    std::uint8_t code = 0;
    bool is_under(const Run& other) const {
        return x == other.x && end_x == other.end_x && code == other.code;
    }
};

std::vector<Run> runs_of_row(const ColoredCodes& codes, int y) {
    std::vector<Run> runs;
    for (int x = 0; x < codes.rect.width; ++x) {
        const std::uint8_t code = codes.code_at(x, y);
        if (codes.table[code].a == 0) continue;
        if (!runs.empty() && runs.back().end_x == x && runs.back().code == code) {
            ++runs.back().end_x;
        } else {
            runs.push_back({.x = x, .end_x = x + 1, .y = y, .height = 1, .code = code});
        }
    }
    return runs;
}

struct Writer {
    std::string& out;

    void rect(const PixelRect& rect, Color color) const {
        fmt::format_to(std::back_inserter(out), "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n",
                       rect.x, rect.y, rect.width, rect.height, svg_paint("fill", color));
    }
    void marks(const Marks& marks) const {
        for (const Mark& mark : marks) {
            if (!mark.rect.is_empty()) rect(mark.rect, mark.color);
        }
    }
    void run(const ColoredCodes& codes, const Run& run) const {
        rect({codes.rect.x + run.x, codes.rect.y + run.y, run.end_x - run.x, run.height},
             codes.table[run.code]);
    }

    /// A run that goes on below grows; what does not is written.
    void codes(const ColoredCodes& codes) const {
        std::vector<Run> open;
        for (int y = 0; y < codes.rect.height; ++y) {
            std::vector<Run> row = runs_of_row(codes, y);
            auto above = open.begin();
            for (Run& below : row) {
                for (; above != open.end() && above->x < below.x; ++above) run(codes, *above);
                if (above == open.end() || !below.is_under(*above)) continue;
                below.y = above->y;
                below.height = above->height + 1;
                ++above;
            }
            for (; above != open.end(); ++above) run(codes, *above);
            open = std::move(row);
        }
        for (const Run& last : open) run(codes, last);
    }

    /// What does not fit its box is cut at its edge: how wide a text is depends on the reader's fonts.
    void text(const TextMark& mark, double scale) const {
        if (mark.text.empty() || mark.box.is_empty()) return;
        const RoleFont font = role_font(mark.role, mark.bold);
        const bool runs_up = mark.direction == TextDirection::Up;
        const int length = runs_up ? mark.box.height : mark.box.width;
        const int middle = runs_up ? mark.box.width : mark.box.height;
        const int x = mark.align == TextAlign::Left     ? 0
                      : mark.align == TextAlign::Center ? length / 2
                                                        : length;
        const bool is_mono = std::string_view(font.family) != "Inter";
        fmt::format_to(std::back_inserter(out),
                       "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><text{} x=\"{}\" y=\"{}\" "
                       "dy=\"0.36em\" font-size=\"{}\"{}{} "
                       "text-anchor=\"{}\" xml:space=\"preserve\" {}>{}</text></svg>\n",
                       mark.box.x, mark.box.y, mark.box.width, mark.box.height,
                       runs_up ? fmt::format(" transform=\"translate(0 {}) rotate(-90)\"", length) : "", x,
                       svg_number(middle / 2.0), svg_number(font.pixels * scale), is_mono ? kMono : "",
                       font.weight == kSemiBold ? " font-weight=\"600\"" : "", svg_anchor(mark.align),
                       svg_paint("fill", mark.color), svg_escaped(mark.text));
    }
    void texts(const TextStrip& strip, double scale) const {
        for (const TextMark& mark : strip.marks) text(mark, scale);
    }
};

}  // namespace

std::string frame_svg(const FrameInput& input, const PictureTitle& title) {
    SceneBuilder scenes;
    const FrameScene& scene = scenes.build(input);
    const std::string words = title.texts.marks.empty() ? std::string() : title.texts.marks.front().text;
    std::string out = svg_begin(input.width, input.height, words, input.theme.surface);
    const Writer writer{out};
    out += "<g shape-rendering=\"crispEdges\">\n";
    writer.marks(scene.below);
    writer.codes(scene.heatmap);
    writer.codes(scene.overview);
    writer.marks(scene.above);
    writer.marks(title.bar);
    out += "</g>\n";
    for (const TextStrip& strip : text_strips(input)) writer.texts(strip, input.pixel_ratio);
    writer.texts(title.texts, input.pixel_ratio);
    return out + "</svg>\n";
}

}  // namespace moe::render
