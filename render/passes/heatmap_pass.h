#pragma once

#include "render/frame_scene.h"
#include "render/gpu/descriptor_set.h"
#include "render/gpu/pipeline.h"
#include "render/gpu/texture.h"
#include "render/resolve/gpu_resolve.h"

namespace moe::render {

/// Draws resolved codes through their colour table: one rectangle a panel. Codes go up, a byte a pixel, or
/// come from where a GpuResolve left them.
class HeatmapPass {
  public:
    static Result<HeatmapPass> create(Device& device, VkRenderPass render_pass);

    /// Takes this frame's heatmap and overview.
    Result<void> prepare(Device& device, const FrameScene& scene);
    /// Outside a render pass. Codes that are not in the scene are copied from the GPU's answers.
    void record_uploads(VkCommandBuffer commands, const GpuResolve::Codes& heatmap,
                        const GpuResolve::Codes& overview);
    void draw(VkCommandBuffer commands, ViewportConstants constants) const;

  private:
    struct Panel {
        PixelRect rect;
        bool is_transposed = false;
        Texture codes;
        bool has_codes_on_gpu = false;
        Texture table;
        DescriptorSet textures;
    };
    static void record_panel(VkCommandBuffer commands, Panel& panel, const GpuResolve::Codes& on_gpu);
    Result<void> prepare_panel(Device& device, const ColoredCodes& codes, Panel& panel);

    SamplerHandle sampler_;
    Pipeline pipeline_;
    Panel heatmap_;
    Panel overview_;
};

}  // namespace moe::render
