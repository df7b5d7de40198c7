#pragma once

#include <vulkan/vulkan.h>

namespace moe::render {

/// A Vulkan structure with its type set and everything else zero.
template <class Struct>
Struct vk_struct(VkStructureType type) {
    Struct result{};
    result.sType = type;
    return result;
}

}  // namespace moe::render
