#pragma once

#include <vulkan/vulkan.h>

#include <utility>

namespace moe::render {

/// Owns one Vulkan object that a device made. Empty by default and after a move; the device must
/// outlive it, and the GPU must be done with it.
template <class Handle, void (*destroy)(VkDevice, Handle, const VkAllocationCallbacks*)>
class VkHandle {
  public:
    VkHandle() = default;
    VkHandle(VkDevice device, Handle handle) : device_(device), handle_(handle) {}
    VkHandle(VkHandle&& other) noexcept { swap(other); }
    VkHandle& operator=(VkHandle other) noexcept {
        swap(other);
        return *this;
    }
    ~VkHandle() {
        if (handle_ != VK_NULL_HANDLE) destroy(device_, handle_, nullptr);
    }

    Handle get() const { return handle_; }

  private:
    void swap(VkHandle& other) noexcept {
        std::swap(device_, other.device_);
        std::swap(handle_, other.handle_);
    }
    VkDevice device_ = VK_NULL_HANDLE;
    Handle handle_ = VK_NULL_HANDLE;
};

using MemoryHandle = VkHandle<VkDeviceMemory, vkFreeMemory>;
using BufferHandle = VkHandle<VkBuffer, vkDestroyBuffer>;
using ImageHandle = VkHandle<VkImage, vkDestroyImage>;
using ImageViewHandle = VkHandle<VkImageView, vkDestroyImageView>;
using SamplerHandle = VkHandle<VkSampler, vkDestroySampler>;
using ShaderHandle = VkHandle<VkShaderModule, vkDestroyShaderModule>;
using SetLayoutHandle = VkHandle<VkDescriptorSetLayout, vkDestroyDescriptorSetLayout>;
using DescriptorPoolHandle = VkHandle<VkDescriptorPool, vkDestroyDescriptorPool>;
using PipelineLayoutHandle = VkHandle<VkPipelineLayout, vkDestroyPipelineLayout>;
using PipelineHandle = VkHandle<VkPipeline, vkDestroyPipeline>;
using RenderPassHandle = VkHandle<VkRenderPass, vkDestroyRenderPass>;
using FramebufferHandle = VkHandle<VkFramebuffer, vkDestroyFramebuffer>;
using CommandPoolHandle = VkHandle<VkCommandPool, vkDestroyCommandPool>;
using SemaphoreHandle = VkHandle<VkSemaphore, vkDestroySemaphore>;
using SwapchainHandle = VkHandle<VkSwapchainKHR, vkDestroySwapchainKHR>;
using FenceHandle = VkHandle<VkFence, vkDestroyFence>;

}  // namespace moe::render
