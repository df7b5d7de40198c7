#include "render/gpu/pipeline.h"

#include <array>

#include "render/gpu/descriptor_set.h"
#include "render/gpu/shader.h"
#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

VkPipelineShaderStageCreateInfo stage(VkShaderStageFlagBits bit, VkShaderModule module) {
    auto info =
        vk_struct<VkPipelineShaderStageCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO);
    info.stage = bit;
    info.module = module;
    info.pName = "main";
    return info;
}

VkPipelineVertexInputStateCreateInfo vertex_input(const Pipeline::Options& options) {
    auto info = vk_struct<VkPipelineVertexInputStateCreateInfo>(
        VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO);
    info.vertexBindingDescriptionCount = static_cast<std::uint32_t>(options.bindings.size());
    info.pVertexBindingDescriptions = options.bindings.data();
    info.vertexAttributeDescriptionCount = static_cast<std::uint32_t>(options.attributes.size());
    info.pVertexAttributeDescriptions = options.attributes.data();
    return info;
}

// Over an opaque target, which stays opaque.
VkPipelineColorBlendAttachmentState blend_state(Pipeline::Blend blend) {
    VkPipelineColorBlendAttachmentState state{};
    state.blendEnable = VK_TRUE;
    state.srcColorBlendFactor =
        blend == Pipeline::Blend::Straight ? VK_BLEND_FACTOR_SRC_ALPHA : VK_BLEND_FACTOR_ONE;
    state.dstColorBlendFactor = VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
    state.colorBlendOp = VK_BLEND_OP_ADD;
    state.srcAlphaBlendFactor = VK_BLEND_FACTOR_ZERO;
    state.dstAlphaBlendFactor = VK_BLEND_FACTOR_ONE;
    state.alphaBlendOp = VK_BLEND_OP_ADD;
    state.colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT |
                           VK_COLOR_COMPONENT_A_BIT;
    return state;
}

// The parts of the state that are the same for every pass.
struct FixedState {
    VkPipelineInputAssemblyStateCreateInfo assembly = vk_struct<VkPipelineInputAssemblyStateCreateInfo>(
        VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO);
    VkPipelineViewportStateCreateInfo viewport =
        vk_struct<VkPipelineViewportStateCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO);
    VkPipelineRasterizationStateCreateInfo rasterization = vk_struct<VkPipelineRasterizationStateCreateInfo>(
        VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO);
    VkPipelineMultisampleStateCreateInfo multisample = vk_struct<VkPipelineMultisampleStateCreateInfo>(
        VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO);
    std::array<VkDynamicState, 2> dynamic_states{VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
    VkPipelineDynamicStateCreateInfo dynamic =
        vk_struct<VkPipelineDynamicStateCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO);

    FixedState() {
        assembly.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
        viewport.viewportCount = 1;
        viewport.scissorCount = 1;
        rasterization.polygonMode = VK_POLYGON_MODE_FILL;
        rasterization.cullMode = VK_CULL_MODE_NONE;
        rasterization.lineWidth = 1.0f;
        multisample.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;
        dynamic.dynamicStateCount = static_cast<std::uint32_t>(dynamic_states.size());
        dynamic.pDynamicStates = dynamic_states.data();
    }
    FixedState(const FixedState&) = delete;
    FixedState& operator=(const FixedState&) = delete;
};

}  // namespace

Result<void> Pipeline::create_layout(Device& device, const Options& options) {
    MOE_TRY(set_layout_, create_set_layout(device, {.n_bindings = options.n_textures}, options.label));
    const VkDescriptorSetLayout set = set_layout_.get();
    const VkPushConstantRange constants{VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0,
                                        sizeof(ViewportConstants)};
    auto info = vk_struct<VkPipelineLayoutCreateInfo>(VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO);
    info.setLayoutCount = 1;
    info.pSetLayouts = &set;
    info.pushConstantRangeCount = 1;
    info.pPushConstantRanges = &constants;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreatePipelineLayout(device.handle(), &info, nullptr, &layout),
                           "vkCreatePipelineLayout"));
    layout_ = PipelineLayoutHandle(device.handle(), layout);
    device.label(VK_OBJECT_TYPE_PIPELINE_LAYOUT, layout, options.label);
    return {};
}

Result<Pipeline> Pipeline::create(Device& device, VkRenderPass render_pass, const Options& options) {
    Pipeline pipeline;
    MOE_TRY(pipeline.create_layout(device, options));
    MOE_TRY(const ShaderHandle vertex, create_shader(device, options.vertex_shader, options.label));
    MOE_TRY(const ShaderHandle fragment, create_shader(device, options.fragment_shader, options.label));
    const std::array stages{stage(VK_SHADER_STAGE_VERTEX_BIT, vertex.get()),
                            stage(VK_SHADER_STAGE_FRAGMENT_BIT, fragment.get())};
    const VkPipelineVertexInputStateCreateInfo input = vertex_input(options);
    const VkPipelineColorBlendAttachmentState attachment = blend_state(options.blend);
    auto blend = vk_struct<VkPipelineColorBlendStateCreateInfo>(
        VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO);
    blend.attachmentCount = 1;
    blend.pAttachments = &attachment;

    const FixedState fixed;
    auto info = vk_struct<VkGraphicsPipelineCreateInfo>(VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO);
    info.stageCount = static_cast<std::uint32_t>(stages.size());
    info.pStages = stages.data();
    info.pVertexInputState = &input;
    info.pInputAssemblyState = &fixed.assembly;
    info.pViewportState = &fixed.viewport;
    info.pRasterizationState = &fixed.rasterization;
    info.pMultisampleState = &fixed.multisample;
    info.pColorBlendState = &blend;
    info.pDynamicState = &fixed.dynamic;
    info.layout = pipeline.layout_.get();
    info.renderPass = render_pass;
    VkPipeline handle = VK_NULL_HANDLE;
    MOE_TRY(
        device.checked(vkCreateGraphicsPipelines(device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &handle),
                       "vkCreateGraphicsPipelines"));
    pipeline.pipeline_ = PipelineHandle(device.handle(), handle);
    device.label(VK_OBJECT_TYPE_PIPELINE, handle, options.label);
    return pipeline;
}

void Pipeline::bind(VkCommandBuffer commands) const {
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
}

void Pipeline::bind_textures(VkCommandBuffer commands, VkDescriptorSet set) const {
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, layout_.get(), 0, 1, &set, 0, nullptr);
}

void Pipeline::push(VkCommandBuffer commands, const ViewportConstants& constants) const {
    vkCmdPushConstants(commands, layout_.get(), VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0,
                       sizeof(constants), &constants);
}

}  // namespace moe::render
