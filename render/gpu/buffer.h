#pragma once

#include <vulkan/vulkan.h>

#include <cstddef>
#include <span>

#include "render/gpu/device.h"

namespace moe::render {

/// Memory that host and GPU both see: vertices, staging, readback. Always mapped and coherent. An empty
/// Buffer owns nothing; the Device must outlive it, and the GPU must be done with it.
class Buffer {
  public:
    struct Options {
        VkDeviceSize size_bytes = 0;
        VkBufferUsageFlags usage = 0;
        const char* label = "";
    };
    static Result<Buffer> create(Device& device, const Options& options);

    VkBuffer handle() const { return buffer_.get(); }
    std::span<std::byte> mapped() const { return mapped_; }

    /// Makes the buffer hold at least `size_bytes`; its content is lost if it has to grow.
    static Result<void> reserve(Device& device, const Options& options, Buffer& buffer);

  private:
    MemoryHandle memory_;  // before the buffer: freed after it
    BufferHandle buffer_;
    std::span<std::byte> mapped_;
};

}  // namespace moe::render
