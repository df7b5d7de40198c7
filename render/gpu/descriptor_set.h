#pragma once

#include <vulkan/vulkan.h>

#include "render/gpu/device.h"

namespace moe::render {

/// What is at bindings 0, 1 ... of set 0: textures that a fragment shader reads, or buffers of a compute
/// shader.
struct SetLayout {
    enum class Kind { Textures, Buffers };
    Kind kind = Kind::Textures;
    std::uint32_t n_bindings = 0;
};
Result<SetLayoutHandle> create_set_layout(Device& device, const SetLayout& layout, const char* label);

/// One set; all of its bindings must be written before it is used, and not while the GPU uses it.
class DescriptorSet {
  public:
    /// `handle` was made of `layout`.
    static Result<DescriptorSet> create(Device& device, const SetLayout& layout, VkDescriptorSetLayout handle,
                                        const char* label);

    void write(Device& device, std::uint32_t binding, VkImageView view, VkSampler sampler) const;
    void write(Device& device, std::uint32_t binding, VkBuffer buffer) const;  ///< all of it

    VkDescriptorSet handle() const { return handle_; }

  private:
    DescriptorPoolHandle pool_;  // of this one set
    VkDescriptorSet handle_ = VK_NULL_HANDLE;
};

/// Edges are clamped; `filter` matters to the overlay only.
Result<SamplerHandle> create_sampler(Device& device, VkFilter filter, const char* label);

}  // namespace moe::render
