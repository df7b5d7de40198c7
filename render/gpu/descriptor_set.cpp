#include "render/gpu/descriptor_set.h"

#include <vector>

#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

VkDescriptorType descriptor_type(SetLayout::Kind kind) {
    return kind == SetLayout::Kind::Textures ? VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER
                                             : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
}

}  // namespace

Result<DescriptorSet> DescriptorSet::create(Device& device, const SetLayout& layout,
                                            VkDescriptorSetLayout layout_handle, const char* label) {
    const VkDescriptorPoolSize size{descriptor_type(layout.kind), layout.n_bindings};
    auto pool_info = vk_struct<VkDescriptorPoolCreateInfo>(VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO);
    pool_info.maxSets = 1;
    pool_info.poolSizeCount = 1;
    pool_info.pPoolSizes = &size;
    VkDescriptorPool pool = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateDescriptorPool(device.handle(), &pool_info, nullptr, &pool),
                           "vkCreateDescriptorPool"));
    DescriptorSet set;
    set.pool_ = DescriptorPoolHandle(device.handle(), pool);
    device.label(VK_OBJECT_TYPE_DESCRIPTOR_POOL, pool, label);

    auto info = vk_struct<VkDescriptorSetAllocateInfo>(VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO);
    info.descriptorPool = pool;
    info.descriptorSetCount = 1;
    info.pSetLayouts = &layout_handle;
    MOE_TRY(device.checked(vkAllocateDescriptorSets(device.handle(), &info, &set.handle_),
                           "vkAllocateDescriptorSets"));
    device.label(VK_OBJECT_TYPE_DESCRIPTOR_SET, set.handle_, label);
    return set;
}

void DescriptorSet::write(Device& device, std::uint32_t binding, VkImageView view, VkSampler sampler) const {
    const VkDescriptorImageInfo image{sampler, view, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    auto write = vk_struct<VkWriteDescriptorSet>(VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET);
    write.dstSet = handle_;
    write.dstBinding = binding;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
    write.pImageInfo = &image;
    vkUpdateDescriptorSets(device.handle(), 1, &write, 0, nullptr);
}

void DescriptorSet::write(Device& device, std::uint32_t binding, VkBuffer buffer) const {
    const VkDescriptorBufferInfo info{buffer, 0, VK_WHOLE_SIZE};
    auto write = vk_struct<VkWriteDescriptorSet>(VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET);
    write.dstSet = handle_;
    write.dstBinding = binding;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    write.pBufferInfo = &info;
    vkUpdateDescriptorSets(device.handle(), 1, &write, 0, nullptr);
}

Result<SetLayoutHandle> create_set_layout(Device& device, const SetLayout& layout, const char* label) {
    const VkShaderStageFlags stage =
        layout.kind == SetLayout::Kind::Textures ? VK_SHADER_STAGE_FRAGMENT_BIT : VK_SHADER_STAGE_COMPUTE_BIT;
    std::vector<VkDescriptorSetLayoutBinding> bindings;
    for (std::uint32_t i = 0; i < layout.n_bindings; ++i)
        bindings.push_back({i, descriptor_type(layout.kind), 1, stage, nullptr});
    auto info =
        vk_struct<VkDescriptorSetLayoutCreateInfo>(VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO);
    info.bindingCount = layout.n_bindings;
    info.pBindings = bindings.data();
    VkDescriptorSetLayout handle = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateDescriptorSetLayout(device.handle(), &info, nullptr, &handle),
                           "vkCreateDescriptorSetLayout"));
    device.label(VK_OBJECT_TYPE_DESCRIPTOR_SET_LAYOUT, handle, label);
    return SetLayoutHandle(device.handle(), handle);
}

Result<SamplerHandle> create_sampler(Device& device, VkFilter filter, const char* label) {
    auto info = vk_struct<VkSamplerCreateInfo>(VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO);
    info.magFilter = filter;
    info.minFilter = filter;
    info.addressModeU = info.addressModeV = info.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
    VkSampler sampler = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateSampler(device.handle(), &info, nullptr, &sampler), "vkCreateSampler"));
    device.label(VK_OBJECT_TYPE_SAMPLER, sampler, label);
    return SamplerHandle(device.handle(), sampler);
}

}  // namespace moe::render
