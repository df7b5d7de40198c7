#pragma once

#include <vulkan/vulkan.h>

#include <cstdint>

#include "render/gpu/device.h"

namespace moe::render {

/// A two-dimensional image in the GPU's memory, with a view of all of it.
class Image {
  public:
    struct Options {
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        VkFormat format = VK_FORMAT_R8G8B8A8_UNORM;
        VkImageUsageFlags usage = 0;
        const char* label = "";
    };
    /// Fails for a size that the device cannot have.
    static Result<Image> create(Device& device, const Options& options);

    VkImage handle() const { return image_.get(); }
    VkImageView view() const { return view_.get(); }
    std::uint32_t width() const { return width_; }
    std::uint32_t height() const { return height_; }

  private:
    MemoryHandle memory_;
    ImageHandle image_;
    ImageViewHandle view_;
    std::uint32_t width_ = 0;
    std::uint32_t height_ = 0;
};

}  // namespace moe::render
