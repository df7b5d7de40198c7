#pragma once

#include <vulkan/vulkan.h>

#include <string>

#include "engine/base/result.h"

namespace moe::render {

/// "VK_ERROR_DEVICE_LOST", or the number of a result this file does not know.
std::string vk_result_name(VkResult result);

/// Success, or an Error that names the call and its result.
Result<void> vk_checked(VkResult result, const char* call);

}  // namespace moe::render
