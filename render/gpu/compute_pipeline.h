#pragma once

#include <vulkan/vulkan.h>

#include <span>

#include "render/gpu/descriptor_set.h"

namespace moe::render {

/// One compute shader over buffers, told by a few constants.
class ComputePipeline {
  public:
    struct Options {
        std::span<const std::uint32_t> shader;  ///< SPIR-V
        std::uint32_t n_buffers = 0;
        std::uint32_t constants_bytes = 0;
        const char* label = "";
    };
    static Result<ComputePipeline> create(Device& device, const Options& options);

    /// A set of buffers for this pipeline.
    Result<DescriptorSet> create_set(Device& device, const char* label) const;

    void bind(VkCommandBuffer commands, VkDescriptorSet buffers, std::span<const std::byte> constants) const;

  private:
    SetLayout set_;
    SetLayoutHandle set_layout_;
    PipelineLayoutHandle layout_;
    PipelineHandle pipeline_;
};

}  // namespace moe::render
