#include "render/gpu/shader.h"

#include "render/gpu/vk_struct.h"

namespace moe::render {

Result<ShaderHandle> create_shader(Device& device, std::span<const std::uint32_t> words, const char* label) {
    auto info = vk_struct<VkShaderModuleCreateInfo>(VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO);
    info.codeSize = words.size_bytes();
    info.pCode = words.data();
    VkShaderModule module = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateShaderModule(device.handle(), &info, nullptr, &module),
                           "vkCreateShaderModule"));
    device.label(VK_OBJECT_TYPE_SHADER_MODULE, module, label);
    return ShaderHandle(device.handle(), module);
}

}  // namespace moe::render
