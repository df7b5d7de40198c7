#pragma once

#include <vulkan/vulkan.h>

#include <span>

#include "render/gpu/device.h"

namespace moe::render {

/// Textures that a fragment shader reads, at bindings 0, 1 ... of set 0.
class DescriptorSet {
  public:
    /// A set of `n_textures`; all of them must be written before it is drawn with.
    static Result<DescriptorSet> create(Device& device, VkDescriptorSetLayout layout,
                                        std::uint32_t n_textures, const char* label);

    /// Not while the GPU draws with it.
    void write(Device& device, std::uint32_t binding, VkImageView view, VkSampler sampler) const;

    VkDescriptorSet handle() const { return handle_; }

  private:
    DescriptorPoolHandle pool_;  // of this one set
    VkDescriptorSet handle_ = VK_NULL_HANDLE;
};

/// The layout of such sets.
Result<SetLayoutHandle> create_set_layout(Device& device, std::uint32_t n_textures, const char* label);

/// Edges are clamped; `filter` matters to the overlay only.
Result<SamplerHandle> create_sampler(Device& device, VkFilter filter, const char* label);

}  // namespace moe::render
