#include "render/passes/heatmap_pass.h"

#include <shaders/heatmap.frag.h>
#include <shaders/quad.vert.h>

#include <array>

namespace moe::render {
namespace {

std::array<std::uint8_t, 256 * 4> table_bytes(const ColorTable& table) {
    std::array<std::uint8_t, 256 * 4> bytes{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const Color c = table[i];
        bytes[4 * i] = c.r;
        bytes[4 * i + 1] = c.g;
        bytes[4 * i + 2] = c.b;
        bytes[4 * i + 3] = c.a;
    }
    return bytes;
}

}  // namespace

Result<HeatmapPass> HeatmapPass::create(Device& device, VkRenderPass render_pass) {
    HeatmapPass pass;
    MOE_TRY(pass.sampler_, create_sampler(device, VK_FILTER_NEAREST, "heatmap"));
    MOE_TRY(pass.pipeline_, Pipeline::create(device, render_pass,
                                             {.vertex_shader = k_quad_vert,
                                              .fragment_shader = k_heatmap_frag,
                                              .bindings = {},
                                              .attributes = {},
                                              .n_textures = 2,
                                              .blend = Pipeline::Blend::Premultiplied,
                                              .label = "heatmap"}));
    MOE_TRY(pass.heatmap_.textures,
            DescriptorSet::create(device, {.n_bindings = 2}, pass.pipeline_.set_layout(), "heatmap"));
    MOE_TRY(pass.overview_.textures,
            DescriptorSet::create(device, {.n_bindings = 2}, pass.pipeline_.set_layout(), "overview"));
    return pass;
}

Result<void> HeatmapPass::prepare(Device& device, const FrameScene& scene) {
    MOE_TRY(prepare_panel(device, scene.heatmap, heatmap_));
    return prepare_panel(device, scene.overview, overview_);
}

Result<void> HeatmapPass::prepare_panel(Device& device, const ColoredCodes& codes, Panel& panel) {
    panel.rect = codes.rect;
    panel.is_transposed = codes.is_transposed;
    if (panel.rect.is_empty()) return {};
    MOE_TRY(const bool has_new_codes,
            panel.codes.resize(device, {.width = static_cast<std::uint32_t>(codes.image.width),
                                        .height = static_cast<std::uint32_t>(codes.image.height),
                                        .format = VK_FORMAT_R8_UNORM,
                                        .label = "codes"}));
    MOE_TRY(const bool has_new_table,
            panel.table.resize(
                device,
                {.width = 256, .height = 1, .format = VK_FORMAT_R8G8B8A8_UNORM, .label = "colour table"}));
    panel.has_codes_on_gpu = codes.image.codes.empty();
    if (!panel.has_codes_on_gpu) panel.codes.write(codes.image.codes);
    panel.table.write(table_bytes(codes.table));
    if (has_new_codes) panel.textures.write(device, 0, panel.codes.view(), sampler_.get());
    if (has_new_table) panel.textures.write(device, 1, panel.table.view(), sampler_.get());
    return {};
}

void HeatmapPass::record_uploads(VkCommandBuffer commands, const GpuResolve::Codes& heatmap,
                                 const GpuResolve::Codes& overview) {
    record_panel(commands, heatmap_, heatmap);
    record_panel(commands, overview_, overview);
}

void HeatmapPass::record_panel(VkCommandBuffer commands, Panel& panel, const GpuResolve::Codes& on_gpu) {
    panel.codes.record_upload(commands);
    panel.table.record_upload(commands);
    if (panel.rect.is_empty() || !panel.has_codes_on_gpu || !on_gpu.is_new) return;
    panel.codes.record_copy(commands, on_gpu.buffer, on_gpu.offset, on_gpu.line_bytes);
}

void HeatmapPass::draw(VkCommandBuffer commands, ViewportConstants constants) const {
    pipeline_.bind(commands);
    for (const Panel* panel : {&heatmap_, &overview_}) {
        if (panel->rect.is_empty()) continue;
        constants.rect = panel->rect;
        constants.is_transposed = panel->is_transposed ? 1 : 0;
        pipeline_.push(commands, constants);
        pipeline_.bind_textures(commands, panel->textures.handle());
        vkCmdDraw(commands, 6, 1, 0, 0);
    }
}

}  // namespace moe::render
