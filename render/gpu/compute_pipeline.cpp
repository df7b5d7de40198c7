#include "render/gpu/compute_pipeline.h"

#include "render/gpu/shader.h"
#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

Result<PipelineLayoutHandle> create_layout(Device& device, VkDescriptorSetLayout set,
                                           const ComputePipeline::Options& options) {
    const VkPushConstantRange constants{VK_SHADER_STAGE_COMPUTE_BIT, 0, options.constants_bytes};
    auto info = vk_struct<VkPipelineLayoutCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO);
    info.setLayoutCount = 1;
    info.pSetLayouts = &set;
    info.pushConstantRangeCount = 1;
    info.pPushConstantRanges = &constants;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreatePipelineLayout(device.handle(), &info, nullptr, &layout),
                           "vkCreatePipelineLayout"));
    device.label(VK_OBJECT_TYPE_PIPELINE_LAYOUT, layout, options.label);
    return PipelineLayoutHandle(device.handle(), layout);
}

}  // namespace

Result<ComputePipeline> ComputePipeline::create(Device& device, const Options& options) {
    ComputePipeline pipeline;
    pipeline.set_ = {.kind = SetLayout::Kind::Buffers, .n_bindings = options.n_buffers};
    MOE_TRY(pipeline.set_layout_, create_set_layout(device, pipeline.set_, options.label));
    MOE_TRY(pipeline.layout_, create_layout(device, pipeline.set_layout_.get(), options));
    MOE_TRY(const ShaderHandle shader, create_shader(device, options.shader, options.label));
    auto info = vk_struct<VkComputePipelineCreateInfo>(VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO);
    info.stage =
        vk_struct<VkPipelineShaderStageCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO);
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
    info.stage.module = shader.get();
    info.stage.pName = "main";
    info.layout = pipeline.layout_.get();
    VkPipeline handle = VK_NULL_HANDLE;
    MOE_TRY(
        device.checked(vkCreateComputePipelines(device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &handle),
                       "vkCreateComputePipelines"));
    pipeline.pipeline_ = PipelineHandle(device.handle(), handle);
    device.label(VK_OBJECT_TYPE_PIPELINE, handle, options.label);
    return pipeline;
}

Result<DescriptorSet> ComputePipeline::create_set(Device& device, const char* label) const {
    return DescriptorSet::create(device, set_, set_layout_.get(), label);
}

void ComputePipeline::bind(VkCommandBuffer commands, VkDescriptorSet buffers,
                           std::span<const std::byte> constants) const {
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_.get());
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout_.get(), 0, 1, &buffers, 0,
                            nullptr);
    vkCmdPushConstants(commands, layout_.get(), VK_SHADER_STAGE_COMPUTE_BIT, 0,
                       static_cast<std::uint32_t>(constants.size()), constants.data());
}

}  // namespace moe::render
