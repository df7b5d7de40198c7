#pragma once

#include "render/gpu/vk_struct.h"

namespace moe::render {

/// All of a colour image of one level: `target` accesses wait for `source` ones, and its layout changes. From
/// VK_IMAGE_LAYOUT_UNDEFINED what was there before is not kept.
inline VkImageMemoryBarrier image_barrier(VkImage image, VkImageLayout from, VkImageLayout to,
                                          VkAccessFlags source, VkAccessFlags target) {
    auto result = vk_struct<VkImageMemoryBarrier>(VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER);
    result.srcAccessMask = source;
    result.dstAccessMask = target;
    result.oldLayout = from;
    result.newLayout = to;
    result.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    result.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    result.image = image;
    result.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    return result;
}

}  // namespace moe::render
