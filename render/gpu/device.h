#pragma once

#include <vulkan/vulkan.h>

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "render/gpu/instance.h"
#include "render/gpu/vk_handle.h"

namespace moe::render {

/// A logical device with one graphics queue, used by one thread. Everything made from it must be gone
/// before it is.
class Device {
  public:
    /// The best device by kind (discrete, integrated, virtual, CPU), or the best whose name contains
    /// `name`.
    static Result<std::unique_ptr<Device>> create(const Instance& instance, const std::string& name);

    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;
    ~Device();

    VkDevice handle() const { return handle_; }
    const std::string& name() const { return name_; }
    std::uint32_t max_image_size() const { return max_image_size_; }
    std::uint32_t queue_family() const { return queue_family_; }

    /// Success, or an Error; remembers when the device is lost.
    Result<void> checked(VkResult result, const char* call);
    bool is_lost() const { return is_lost_; }

    /// Runs recorded commands and waits until the GPU is done with them.
    Result<void> submit_and_wait(VkCommandBuffer commands, VkFence fence);

    /// Memory for an object, of a type that has `wanted` properties and if possible `preferred` ones.
    Result<MemoryHandle> allocate(const VkMemoryRequirements& requirements, VkMemoryPropertyFlags wanted,
                                  VkMemoryPropertyFlags preferred);

    /// Names an object for validation layers and frame debuggers.
    template <class Handle>
    void label(VkObjectType type, Handle handle, const char* text) const {
        label_object(type, reinterpret_cast<std::uint64_t>(handle), text);
    }

    /// The next submission reports a lost device, as if the driver had. For tests.
    void lose_at_next_submit() { loses_at_next_submit_ = true; }

  private:
    Device() = default;
    Result<void> open(VkPhysicalDevice physical);
    void label_object(VkObjectType type, std::uint64_t handle, const char* text) const;

    VkDevice handle_ = VK_NULL_HANDLE;
    VkQueue queue_ = VK_NULL_HANDLE;
    std::uint32_t queue_family_ = 0;
    std::uint32_t max_image_size_ = 0;
    VkPhysicalDeviceMemoryProperties memory_{};
    PFN_vkSetDebugUtilsObjectNameEXT set_name_ = nullptr;
    std::string name_;
    bool is_lost_ = false;
    bool loses_at_next_submit_ = false;
};

}  // namespace moe::render
