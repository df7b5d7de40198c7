#pragma once

#include <vulkan/vulkan.h>

#include <memory>
#include <vector>

#include "render/gpu/device.h"
#include "render/gpu/image.h"
#include "render/scene/theme.h"

namespace moe::render {

/// The images that a window's surface shows in turn. Pictures are drawn off-screen and copied in, so that
/// they are the same bytes that a read-back gives. Made anew when the window changes its size. Borrows the
/// surface; the Device must outlive it.
class Swapchain {
  public:
    /// Fails where the device cannot show pictures there.
    static Result<std::unique_ptr<Swapchain>> create(Device& device, VkSurfaceKHR surface);

    Swapchain(const Swapchain&) = delete;
    Swapchain& operator=(const Swapchain&) = delete;
    ~Swapchain();

    VkSurfaceKHR surface() const { return surface_; }

    /// Waits for an image to copy into; `wanted` is its size where the window leaves that to us. False where
    /// there is none now: the window has no area or is hidden; the next frame tries again.
    Result<bool> acquire(Device& device, VkExtent2D wanted);
    /// Copies the top left of `picture`, which is ready to be copied from, into the acquired image; what it
    /// does not cover gets the colour.
    void record_copy(VkCommandBuffer commands, const Image& picture, Color rest) const;
    /// The commands with the copy wait for the first and signal the second.
    SubmitSemaphores semaphores() const;
    /// Shows the acquired image after the commands with the copy were handed in.
    Result<void> present(Device& device);

  private:
    Swapchain(VkDevice device, VkSurfaceKHR surface) : device_(device), surface_(surface) {}
    struct ImageSlot {
        VkImage image = VK_NULL_HANDLE;  // the swapchain's
        SemaphoreHandle is_copied;       // one an image: it is waited for until the image comes round again
    };
    Result<bool> ensure_images(Device& device, VkExtent2D wanted);
    Result<void> create_images(Device& device, const VkSurfaceCapabilitiesKHR& capabilities);
    Result<void> take_images(Device& device);
    void drop_images();

    VkDevice device_;
    VkSurfaceKHR surface_;
    VkSurfaceFormatKHR format_{};
    SwapchainHandle handle_;
    VkExtent2D extent_{};
    std::vector<ImageSlot> slots_;
    SemaphoreHandle is_acquired_;
    std::uint32_t acquired_ = 0;
};

}  // namespace moe::render
