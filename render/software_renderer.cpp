#include "render/software_renderer.h"

#include <algorithm>

#include "render/software_canvas.h"

namespace moe::render {

Result<void> SoftwareRenderer::render(const FrameInput& input, RgbaImage& image) {
    image.width = std::max(0, input.width);
    image.height = std::max(0, input.height);
    image.rgba.assign(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 4,
                      255);
    if (image.rgba.empty()) return {};
    const FrameScene& scene = scenes_.build(input);
    draw_marks(scene.below, image);
    draw_codes(scene.heatmap, image);
    draw_codes(scene.overview, image);
    draw_marks(scene.above, image);
    for (const LabelStrip& strip : input.label_strips) draw_strip(strip, image);
    draw_overlay(input.overlay, image);
    return {};
}

std::unique_ptr<Renderer> create_software_renderer() { return std::make_unique<SoftwareRenderer>(); }

}  // namespace moe::render
