#pragma once

#include <vulkan/vulkan.h>

#include "render/gpu/device.h"

namespace moe::render {

/// The picture's format everywhere: bytes R, G, B, A as they are, no sRGB conversion, no depth.
inline constexpr VkFormat kPictureFormat = VK_FORMAT_R8G8B8A8_UNORM;

/// Clears one picture, draws into it and leaves it ready to be copied from.
Result<RenderPassHandle> create_render_pass(Device& device);

}  // namespace moe::render
