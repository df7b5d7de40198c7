#pragma once

#include "render/frame_scene.h"
#include "render/gpu/descriptor_set.h"
#include "render/gpu/pipeline.h"
#include "render/gpu/texture.h"

namespace moe::render {

/// Draws resolved codes through their colour table: a byte a pixel goes up, one rectangle is drawn.
class HeatmapPass {
  public:
    static Result<HeatmapPass> create(Device& device, VkRenderPass render_pass);

    /// Takes this frame's heatmap and overview.
    Result<void> prepare(Device& device, const FrameScene& scene);
    void record_uploads(VkCommandBuffer commands);
    void draw(VkCommandBuffer commands, ViewportConstants constants) const;

  private:
    struct Panel {
        PixelRect rect;
        Texture codes;
        Texture table;
        DescriptorSet textures;
    };
    Result<void> prepare_panel(Device& device, const ColoredCodes& codes, Panel& panel);

    SamplerHandle sampler_;
    Pipeline pipeline_;
    Panel heatmap_;
    Panel overview_;
};

}  // namespace moe::render
