#pragma once

#include <vulkan/vulkan.h>

#include <cstdint>
#include <span>
#include <vector>

#include "render/gpu/buffer.h"

namespace moe::render {

/// Words on their way into buffers of the GPU: collected, then copied up in one go before shaders run.
class UploadQueue {
  public:
    /// Copies `words`; they come to lie at `offset` bytes. Targets of one turn must not overlap.
    void add(VkBuffer target, VkDeviceSize offset, std::span<const std::uint32_t> words);

    /// Brings what was added to where the GPU can read it.
    Result<void> stage(Device& device);
    /// Outside a render pass, after `stage`: copies, and makes compute shaders wait for it. Empties the
    /// queue.
    void record(VkCommandBuffer commands);

  private:
    struct Copy {
        VkBuffer target = VK_NULL_HANDLE;
        VkBufferCopy region{};
    };
    std::vector<std::uint32_t> words_;
    std::vector<Copy> copies_;
    Buffer staging_;
};

}  // namespace moe::render
