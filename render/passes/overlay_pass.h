#pragma once

#include <memory>
#include <vector>

#include "render/frame_input.h"
#include "render/gpu/buffer.h"
#include "render/gpu/descriptor_set.h"
#include "render/gpu/pipeline.h"
#include "render/gpu/texture.h"

namespace moe::render {

/// Draws the application's cards: textured triangles, each group inside its clip rectangle.
class OverlayPass {
  public:
    static Result<OverlayPass> create(Device& device, VkRenderPass render_pass);

    Result<void> prepare(Device& device, const OverlayMesh& mesh);
    void record_uploads(VkCommandBuffer commands) { atlas_.record_upload(commands); }
    void draw(VkCommandBuffer commands, const ViewportConstants& constants) const;

  private:
    Result<void> prepare_atlas(Device& device, const OverlayMesh& mesh);

    SamplerHandle sampler_;
    Pipeline pipeline_;
    Buffer vertices_;
    Buffer indices_;
    Texture atlas_;
    DescriptorSet textures_;
    std::shared_ptr<const RgbaImage> atlas_image_;  // what atlas_ holds
    std::vector<OverlayMesh::Draw> draws_;
};

}  // namespace moe::render
