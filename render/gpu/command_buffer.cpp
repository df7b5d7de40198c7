#include "render/gpu/command_buffer.h"

#include "render/gpu/vk_struct.h"

namespace moe::render {

Result<CommandBuffer> CommandBuffer::create(Device& device) {
    CommandBuffer buffer;
    auto pool_info = vk_struct<VkCommandPoolCreateInfo>(VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO);
    pool_info.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT;
    pool_info.queueFamilyIndex = device.queue_family();
    VkCommandPool pool = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateCommandPool(device.handle(), &pool_info, nullptr, &pool),
                           "vkCreateCommandPool"));
    buffer.pool_ = CommandPoolHandle(device.handle(), pool);
    device.label(VK_OBJECT_TYPE_COMMAND_POOL, pool, "frame");

    auto info = vk_struct<VkCommandBufferAllocateInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO);
    info.commandPool = pool;
    info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    info.commandBufferCount = 1;
    MOE_TRY(device.checked(vkAllocateCommandBuffers(device.handle(), &info, &buffer.handle_),
                           "vkAllocateCommandBuffers"));
    device.label(VK_OBJECT_TYPE_COMMAND_BUFFER, buffer.handle_, "frame");

    const auto fence_info = vk_struct<VkFenceCreateInfo>(VK_STRUCTURE_TYPE_FENCE_CREATE_INFO);
    VkFence fence = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateFence(device.handle(), &fence_info, nullptr, &fence), "vkCreateFence"));
    buffer.fence_ = FenceHandle(device.handle(), fence);
    device.label(VK_OBJECT_TYPE_FENCE, fence, "frame");
    return buffer;
}

Result<VkCommandBuffer> CommandBuffer::begin(Device& device) {
    MOE_TRY(device.checked(vkResetCommandPool(device.handle(), pool_.get(), 0), "vkResetCommandPool"));
    auto info = vk_struct<VkCommandBufferBeginInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO);
    info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    MOE_TRY(device.checked(vkBeginCommandBuffer(handle_, &info), "vkBeginCommandBuffer"));
    return handle_;
}

Result<void> CommandBuffer::run(Device& device, const SubmitSemaphores& semaphores) {
    MOE_TRY(device.checked(vkEndCommandBuffer(handle_), "vkEndCommandBuffer"));
    return device.submit_and_wait(handle_, fence_.get(), semaphores);
}

}  // namespace moe::render
