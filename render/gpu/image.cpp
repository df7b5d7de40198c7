#include "render/gpu/image.h"

#include <algorithm>

#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

VkImageCreateInfo image_info(const Image::Options& options) {
    auto info = vk_struct<VkImageCreateInfo>(VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO);
    info.imageType = VK_IMAGE_TYPE_2D;
    info.format = options.format;
    info.extent = {options.width, options.height, 1};
    info.mipLevels = 1;
    info.arrayLayers = 1;
    info.samples = VK_SAMPLE_COUNT_1_BIT;
    info.tiling = VK_IMAGE_TILING_OPTIMAL;
    info.usage = options.usage;
    return info;
}

}  // namespace

Result<Image> Image::create(Device& device, const Options& options) {
    const std::uint32_t largest = device.max_image_size();
    if (options.width == 0 || options.height == 0 || options.width > largest || options.height > largest) {
        return make_error(
            "Vulkan: an image of {} x {} pixels is outside what {} can draw, 1 to {}; choose another size",
            options.width, options.height, device.name(), largest);
    }
    Image image;
    image.width_ = options.width;
    image.height_ = options.height;
    const VkImageCreateInfo info = image_info(options);
    VkImage handle = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateImage(device.handle(), &info, nullptr, &handle), "vkCreateImage"));
    image.image_ = ImageHandle(device.handle(), handle);
    device.label(VK_OBJECT_TYPE_IMAGE, handle, options.label);

    VkMemoryRequirements requirements;
    vkGetImageMemoryRequirements(device.handle(), handle, &requirements);
    MOE_TRY(image.memory_, device.allocate(requirements, 0, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT));
    device.label(VK_OBJECT_TYPE_DEVICE_MEMORY, image.memory_.get(), options.label);
    MOE_TRY(device.checked(vkBindImageMemory(device.handle(), handle, image.memory_.get(), 0),
                           "vkBindImageMemory"));

    auto view = vk_struct<VkImageViewCreateInfo>(VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO);
    view.image = handle;
    view.viewType = VK_IMAGE_VIEW_TYPE_2D;
    view.format = options.format;
    view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    VkImageView view_handle = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateImageView(device.handle(), &view, nullptr, &view_handle),
                           "vkCreateImageView"));
    image.view_ = ImageViewHandle(device.handle(), view_handle);
    device.label(VK_OBJECT_TYPE_IMAGE_VIEW, view_handle, options.label);
    return image;
}

}  // namespace moe::render
