#include "render/present/swapchain.h"

#include <algorithm>

#include "render/gpu/image_barrier.h"
#include "render/gpu/vk_result.h"
#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

constexpr std::uint64_t kLongestWaitNs = 200'000'000;  // a hidden window may have no image to give
constexpr std::uint32_t kFewestImages = 2;
constexpr std::uint32_t kAnySize = 0xFFFFFFFF;  // the window takes the size of its images

// Bytes as they are: no conversion to sRGB. Copies swap red and blue where the surface wants them so.
Result<VkSurfaceFormatKHR> choose_format(Device& device, VkSurfaceKHR surface) {
    std::uint32_t count = 0;
    MOE_TRY(device.checked(vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical(), surface, &count, nullptr),
                           "vkGetPhysicalDeviceSurfaceFormatsKHR"));
    std::vector<VkSurfaceFormatKHR> formats(count);
    MOE_TRY(device.checked(
        vkGetPhysicalDeviceSurfaceFormatsKHR(device.physical(), surface, &count, formats.data()),
        "vkGetPhysicalDeviceSurfaceFormatsKHR"));
    for (const VkSurfaceFormatKHR& format : formats) {
        VkFormatProperties properties;
        vkGetPhysicalDeviceFormatProperties(device.physical(), format.format, &properties);
        const bool is_plain =
            format.format == VK_FORMAT_B8G8R8A8_UNORM || format.format == VK_FORMAT_R8G8B8A8_UNORM;
        if (is_plain && (properties.optimalTilingFeatures & VK_FORMAT_FEATURE_BLIT_DST_BIT) != 0)
            return format;
    }
    return make_error("Vulkan: {} has no format for this window that pictures can be copied to",
                      device.name());
}

Result<SemaphoreHandle> create_semaphore(Device& device, const char* label) {
    const auto info = vk_struct<VkSemaphoreCreateInfo>(VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO);
    VkSemaphore semaphore = VK_NULL_HANDLE;
    MOE_TRY(
        device.checked(vkCreateSemaphore(device.handle(), &info, nullptr, &semaphore), "vkCreateSemaphore"));
    device.label(VK_OBJECT_TYPE_SEMAPHORE, semaphore, label);
    return SemaphoreHandle(device.handle(), semaphore);
}

bool is_outdated(VkResult result) {
    return result == VK_ERROR_OUT_OF_DATE_KHR || result == VK_SUBOPTIMAL_KHR;
}

}  // namespace

Result<std::unique_ptr<Swapchain>> Swapchain::create(Device& device, VkSurfaceKHR surface) {
    if (!device.can_present(surface))
        return make_error("Vulkan: {} cannot show pictures in this window", device.name());
    std::unique_ptr<Swapchain> swapchain(new Swapchain(device.handle(), surface));
    MOE_TRY(swapchain->format_, choose_format(device, surface));
    return swapchain;
}

Swapchain::~Swapchain() { drop_images(); }

void Swapchain::drop_images() {
    if (handle_.get() != VK_NULL_HANDLE) vkDeviceWaitIdle(device_);
    slots_.clear();
    is_acquired_ = {};
    handle_ = {};
}

Result<bool> Swapchain::ensure_images(Device& device, VkExtent2D wanted) {
    VkSurfaceCapabilitiesKHR capabilities;
    MOE_TRY(
        device.checked(vkGetPhysicalDeviceSurfaceCapabilitiesKHR(device.physical(), surface_, &capabilities),
                       "vkGetPhysicalDeviceSurfaceCapabilitiesKHR"));
    VkExtent2D& extent = capabilities.currentExtent;
    if (extent.width == kAnySize) extent = wanted;
    if (extent.width == 0 || extent.height == 0) return false;  // minimized
    const bool is_same = extent.width == extent_.width && extent.height == extent_.height;
    if (handle_.get() == VK_NULL_HANDLE || !is_same) MOE_TRY(create_images(device, capabilities));
    return true;
}

Result<void> Swapchain::create_images(Device& device, const VkSurfaceCapabilitiesKHR& capabilities) {
    if ((capabilities.supportedUsageFlags & VK_IMAGE_USAGE_TRANSFER_DST_BIT) == 0)
        return make_error("Vulkan: {} cannot copy pictures into this window", device.name());
    drop_images();
    extent_ = capabilities.currentExtent;
    auto info = vk_struct<VkSwapchainCreateInfoKHR>(VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR);
    info.surface = surface_;
    info.minImageCount = std::max(capabilities.minImageCount, kFewestImages);
    if (capabilities.maxImageCount > 0)
        info.minImageCount = std::min(info.minImageCount, capabilities.maxImageCount);
    info.imageFormat = format_.format;
    info.imageColorSpace = format_.colorSpace;
    info.imageExtent = extent_;
    info.imageArrayLayers = 1;
    info.imageUsage = VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    info.imageSharingMode = VK_SHARING_MODE_EXCLUSIVE;
    info.preTransform = capabilities.currentTransform;
    const bool has_opaque = (capabilities.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR) != 0;
    info.compositeAlpha = has_opaque ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
    info.presentMode = VK_PRESENT_MODE_FIFO_KHR;
    info.clipped = VK_TRUE;
    VkSwapchainKHR handle = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateSwapchainKHR(device_, &info, nullptr, &handle), "vkCreateSwapchainKHR"));
    handle_ = SwapchainHandle(device_, handle);
    device.label(VK_OBJECT_TYPE_SWAPCHAIN_KHR, handle, "window");
    return take_images(device);
}

Result<void> Swapchain::take_images(Device& device) {
    const VkSwapchainKHR handle = handle_.get();
    std::uint32_t count = 0;
    MOE_TRY(
        device.checked(vkGetSwapchainImagesKHR(device_, handle, &count, nullptr), "vkGetSwapchainImagesKHR"));
    std::vector<VkImage> images(count);
    MOE_TRY(device.checked(vkGetSwapchainImagesKHR(device_, handle, &count, images.data()),
                           "vkGetSwapchainImagesKHR"));
    for (const VkImage image : images) {
        ImageSlot slot{.image = image, .is_copied = {}};
        MOE_TRY(slot.is_copied, create_semaphore(device, "image is copied"));
        slots_.push_back(std::move(slot));
    }
    MOE_TRY(is_acquired_, create_semaphore(device, "image is acquired"));
    return {};
}

Result<bool> Swapchain::acquire(Device& device, VkExtent2D wanted) {
    for (int attempt = 0; attempt < 2; ++attempt) {
        MOE_TRY(const bool has_images, ensure_images(device, wanted));
        if (!has_images) return false;
        const VkResult result = vkAcquireNextImageKHR(device_, handle_.get(), kLongestWaitNs,
                                                      is_acquired_.get(), VK_NULL_HANDLE, &acquired_);
        if (result == VK_SUCCESS || result == VK_SUBOPTIMAL_KHR) return true;
        if (result == VK_TIMEOUT || result == VK_NOT_READY) return false;
        if (result != VK_ERROR_OUT_OF_DATE_KHR) MOE_TRY(device.checked(result, "vkAcquireNextImageKHR"));
        drop_images();  // the window changed in between
    }
    return false;
}

void Swapchain::record_copy(VkCommandBuffer commands, const Image& picture, Color rest) const {
    const VkImage target = slots_[acquired_].image;
    const auto wait = [&](VkPipelineStageFlags before, VkPipelineStageFlags after,
                          const VkImageMemoryBarrier& image) {
        vkCmdPipelineBarrier(commands, before, after, 0, 0, nullptr, 0, nullptr, 1, &image);
    };
    constexpr auto kCopy = VK_PIPELINE_STAGE_TRANSFER_BIT;
    constexpr auto kTarget = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
    wait(kCopy, kCopy,
         image_barrier(target, VK_IMAGE_LAYOUT_UNDEFINED, kTarget, 0, VK_ACCESS_TRANSFER_WRITE_BIT));
    const VkExtent2D common{std::min(extent_.width, picture.width()),
                            std::min(extent_.height, picture.height())};
    if (common.width < extent_.width || common.height < extent_.height) {
        const VkClearColorValue color{{static_cast<float>(rest.r) / 255.0f,
                                       static_cast<float>(rest.g) / 255.0f,
                                       static_cast<float>(rest.b) / 255.0f, 1.0f}};
        const VkImageSubresourceRange all{VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
        vkCmdClearColorImage(commands, target, kTarget, &color, 1, &all);
        wait(kCopy, kCopy,
             image_barrier(target, kTarget, kTarget, VK_ACCESS_TRANSFER_WRITE_BIT,
                           VK_ACCESS_TRANSFER_WRITE_BIT));
    }
    VkImageBlit blit{};
    blit.srcSubresource = blit.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    blit.srcOffsets[1] = blit.dstOffsets[1] = {static_cast<std::int32_t>(common.width),
                                               static_cast<std::int32_t>(common.height), 1};
    vkCmdBlitImage(commands, picture.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, target, kTarget, 1,
                   &blit, VK_FILTER_NEAREST);
    wait(kCopy, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
         image_barrier(target, kTarget, VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, VK_ACCESS_TRANSFER_WRITE_BIT, 0));
}

SubmitSemaphores Swapchain::semaphores() const {
    return {.wait = is_acquired_.get(), .signal = slots_[acquired_].is_copied.get()};
}

Result<void> Swapchain::present(Device& device) {
    const VkSemaphore is_copied = slots_[acquired_].is_copied.get();
    const VkSwapchainKHR handle = handle_.get();
    auto info = vk_struct<VkPresentInfoKHR>(VK_STRUCTURE_TYPE_PRESENT_INFO_KHR);
    info.waitSemaphoreCount = 1;
    info.pWaitSemaphores = &is_copied;
    info.swapchainCount = 1;
    info.pSwapchains = &handle;
    info.pImageIndices = &acquired_;
    const VkResult result = vkQueuePresentKHR(device.queue(), &info);
    if (!is_outdated(result)) return device.checked(result, "vkQueuePresentKHR");
    drop_images();  // made anew by the next frame
    return {};
}

}  // namespace moe::render
