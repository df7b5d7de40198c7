#pragma once

#include <vulkan/vulkan.h>

#include "render/gpu/device.h"

namespace moe::render {

/// One list of commands, recorded anew for each frame and waited for before the next.
class CommandBuffer {
  public:
    static Result<CommandBuffer> create(Device& device);

    Result<VkCommandBuffer> begin(Device& device);
    /// Ends recording, runs it and waits.
    Result<void> run(Device& device, const SubmitSemaphores& semaphores = {});

  private:
    CommandPoolHandle pool_;
    FenceHandle fence_;
    VkCommandBuffer handle_ = VK_NULL_HANDLE;
};

}  // namespace moe::render
