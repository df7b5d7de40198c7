#pragma once

#include "render/gpu/buffer.h"
#include "render/gpu/pipeline.h"
#include "render/scene/mark.h"

namespace moe::render {

/// Draws filled rectangles: one instance a mark. Two lists a frame, below and above the heatmap.
class MarksPass {
  public:
    static Result<MarksPass> create(Device& device, VkRenderPass render_pass);

    Result<void> prepare(Device& device, const Marks& below, const Marks& above);
    void draw_below(VkCommandBuffer commands, const ViewportConstants& constants) const;
    void draw_above(VkCommandBuffer commands, const ViewportConstants& constants) const;

  private:
    void draw(VkCommandBuffer commands, const ViewportConstants& constants, std::uint32_t first,
              std::uint32_t count) const;

    Pipeline pipeline_;
    Buffer instances_;
    std::uint32_t n_below_ = 0;
    std::uint32_t n_above_ = 0;
};

}  // namespace moe::render
