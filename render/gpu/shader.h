#pragma once

#include <vulkan/vulkan.h>

#include <span>

#include "render/gpu/device.h"

namespace moe::render {

/// Hands SPIR-V words to the driver.
Result<ShaderHandle> create_shader(Device& device, std::span<const std::uint32_t> words, const char* label);

}  // namespace moe::render
