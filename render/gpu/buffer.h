#pragma once

#include <vulkan/vulkan.h>

#include <cstddef>
#include <span>

#include "render/gpu/device.h"

namespace moe::render {

/// Memory that host and GPU both see (vertices, staging, readback; mapped and coherent), or the GPU's own. An
/// empty Buffer owns nothing; the Device must outlive it, and the GPU must be done with it.
class Buffer {
  public:
    enum class Memory { Shared, Device };
    struct Options {
        VkDeviceSize size_bytes = 0;
        VkBufferUsageFlags usage = 0;
        Memory memory = Memory::Shared;
        const char* label = "";
    };
    static Result<Buffer> create(Device& device, const Options& options);

    VkBuffer handle() const { return buffer_.get(); }
    VkDeviceSize size_bytes() const { return size_bytes_; }
    std::span<std::byte> mapped() const { return mapped_; }  ///< empty of the GPU's own memory

    /// Makes the buffer hold at least `size_bytes`; its content is lost if it has to grow.
    static Result<void> reserve(Device& device, const Options& options, Buffer& buffer);

  private:
    MemoryHandle memory_;  // before the buffer: freed after it
    BufferHandle buffer_;
    VkDeviceSize size_bytes_ = 0;
    std::span<std::byte> mapped_;
};

}  // namespace moe::render
