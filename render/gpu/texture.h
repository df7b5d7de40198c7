#pragma once

#include <vulkan/vulkan.h>

#include <span>

#include "render/gpu/buffer.h"
#include "render/gpu/image.h"

namespace moe::render {

/// An image that shaders read and the host fills. What is written is uploaded by the next `record_upload`.
class Texture {
  public:
    struct Options {
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        VkFormat format = VK_FORMAT_R8G8B8A8_UNORM;
        const char* label = "";
    };

    /// Makes the texture anew if it has another size. True if it did: descriptors must be written again.
    Result<bool> resize(Device& device, const Options& options);
    /// Keeps the bytes of the whole image for the next upload.
    void write(std::span<const std::uint8_t> bytes);
    /// Outside a render pass; nothing if nothing was written.
    void record_upload(VkCommandBuffer commands);
    /// Fills the whole image from a buffer of the GPU instead, whose lines are `line_texels` long.
    void record_copy(VkCommandBuffer commands, VkBuffer source, VkDeviceSize offset,
                     std::uint32_t line_texels) const;

    const Image& image() const { return image_; }
    VkImageView view() const { return image_.view(); }

  private:
    Image image_;
    Buffer staging_;
    bool has_new_content_ = false;
};

}  // namespace moe::render
