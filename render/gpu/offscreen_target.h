#pragma once

#include <vulkan/vulkan.h>

#include "render/gpu/buffer.h"
#include "render/gpu/image.h"
#include "render/scene/theme.h"

namespace moe::render {

/// A picture in the GPU's memory that is drawn to and read back.
class OffscreenTarget {
  public:
    /// Makes the picture anew if its size changes. Fails for sizes that the device cannot draw.
    Result<void> resize(Device& device, VkRenderPass render_pass, int width, int height);

    void begin(VkCommandBuffer commands, VkRenderPass render_pass, Color clear) const;
    void end(VkCommandBuffer commands) const;
    /// Copies the picture to where the host can read it once the commands are done. After `end`, and as often
    /// as wanted until the next frame begins.
    void read_back(VkCommandBuffer commands) const;

    const Image& image() const { return image_; }  ///< after `end`: ready to be copied from

    /// width * height * 4 bytes of the frame read back last.
    std::span<const std::byte> pixels() const;

  private:
    Image image_;
    FramebufferHandle framebuffer_;
    Buffer readback_;
};

}  // namespace moe::render
