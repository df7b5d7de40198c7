#pragma once

#include <vulkan/vulkan.h>

#include <cstddef>

#include "engine/base/result.h"

namespace moe::render {

/// The connection to the Vulkan loader. With `validation` the Khronos layer watches every call, its
/// synchronization checks included, where it is installed; its messages are printed and counted.
class Instance {
  public:
    static Result<Instance> create(bool validation);

    Instance() = default;
    Instance(Instance&& other) noexcept { swap(other); }
    Instance& operator=(Instance other) noexcept {
        swap(other);
        return *this;
    }
    ~Instance();

    VkInstance handle() const { return handle_; }
    bool has_debug_utils() const { return has_debug_utils_; }
    bool has_surfaces() const { return has_surfaces_; }  ///< of X11 or Wayland windows

    /// Messages of severity warning or above of all instances since the program began.
    static std::size_t n_messages();

  private:
    void swap(Instance& other) noexcept;
    Result<void> listen();

    VkInstance handle_ = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
    bool has_debug_utils_ = false;
    bool has_surfaces_ = false;
};

}  // namespace moe::render
