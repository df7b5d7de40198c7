#pragma once

#include <memory>
#include <span>
#include <vector>

#include "render/frame_input.h"
#include "render/gpu/descriptor_set.h"
#include "render/gpu/pipeline.h"
#include "render/gpu/texture.h"

namespace moe::render {

/// Draws the label strips. A strip's image is uploaded when it is another than in the frame before.
class StripsPass {
  public:
    static Result<StripsPass> create(Device& device, VkRenderPass render_pass);

    Result<void> prepare(Device& device, std::span<const LabelStrip> strips);
    void record_uploads(VkCommandBuffer commands);
    void draw(VkCommandBuffer commands, ViewportConstants constants) const;

  private:
    struct Strip {
        PixelRect rect;
        std::shared_ptr<const RgbaImage> image;  ///< what the texture holds
        Texture texture;
        DescriptorSet textures;
    };
    Result<void> prepare_strip(Device& device, const LabelStrip& label, Strip& strip);

    SamplerHandle sampler_;
    Pipeline pipeline_;
    std::vector<Strip> strips_;
};

}  // namespace moe::render
