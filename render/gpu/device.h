#pragma once

#include <vulkan/vulkan.h>

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "render/gpu/instance.h"
#include "render/gpu/vk_handle.h"

namespace moe::render {

/// What commands wait for before they copy, and what they signal when done; null: nothing.
struct SubmitSemaphores {
    VkSemaphore wait = VK_NULL_HANDLE;
    VkSemaphore signal = VK_NULL_HANDLE;
};

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
    bool is_cpu() const { return limits_.is_cpu; }  ///< a software driver
    std::uint32_t max_image_size() const { return limits_.image_size; }
    VkDeviceSize max_storage_bytes() const { return limits_.storage_bytes; }  ///< that a shader sees at once
    VkDeviceSize own_memory_bytes() const;                                    ///< the GPU's own, all of it
    /// Why compute shaders with 64-bit integers and `n_buffers` buffers cannot run; empty where they can.
    std::string compute_complaint(std::uint32_t n_buffers) const;
    std::uint32_t queue_family() const { return queue_family_; }

    /// Success, or an Error; remembers when the device is lost.
    Result<void> checked(VkResult result, const char* call);
    bool is_lost() const { return is_lost_; }

    /// Runs recorded commands and waits until the GPU is done with them.
    Result<void> submit_and_wait(VkCommandBuffer commands, VkFence fence,
                                 const SubmitSemaphores& semaphores = {});

    /// Whether its pictures can be shown on a surface, which belongs to the instance.
    bool can_present(VkSurfaceKHR surface) const;
    VkPhysicalDevice physical() const { return physical_; }
    VkQueue queue() const { return queue_; }

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
    Result<void> open(VkPhysicalDevice physical, bool has_surfaces);
    void label_object(VkObjectType type, std::uint64_t handle, const char* text) const;

    VkPhysicalDevice physical_ = VK_NULL_HANDLE;
    VkDevice handle_ = VK_NULL_HANDLE;
    VkQueue queue_ = VK_NULL_HANDLE;
    std::uint32_t queue_family_ = 0;
    struct Limits {
        bool is_cpu = false;
        bool has_compute = false;
        bool has_int64 = false;
        bool has_swapchain = false;
        std::uint32_t image_size = 0;
        std::uint32_t storage_buffers = 0;
        VkDeviceSize storage_bytes = 0;
    };
    Limits limits_;
    VkPhysicalDeviceMemoryProperties memory_{};
    PFN_vkSetDebugUtilsObjectNameEXT set_name_ = nullptr;
    std::string name_;
    bool is_lost_ = false;
    bool loses_at_next_submit_ = false;
};

}  // namespace moe::render
