#pragma once

#include <vulkan/vulkan.h>

#include <span>

#include "render/gpu/device.h"
#include "render/scene/pixel_rect.h"

namespace moe::render {

/// What shaders/viewport.glsl declares.
struct ViewportConstants {
    PixelRect rect;
    int width = 0;
    int height = 0;
    int is_transposed = 0;
};

/// Two shaders with all the state they draw with: triangles over an opaque picture. Viewport and scissor
/// are set while recording.
class Pipeline {
  public:
    enum class Blend { Straight, Premultiplied };  ///< what the fragment's alpha means
    struct Options {
        std::span<const std::uint32_t> vertex_shader;  ///< SPIR-V
        std::span<const std::uint32_t> fragment_shader;
        std::span<const VkVertexInputBindingDescription> bindings;
        std::span<const VkVertexInputAttributeDescription> attributes;
        std::uint32_t n_textures = 0;
        Blend blend = Blend::Straight;
        const char* label = "";
    };
    static Result<Pipeline> create(Device& device, VkRenderPass render_pass, const Options& options);

    VkDescriptorSetLayout set_layout() const { return set_layout_.get(); }

    void bind(VkCommandBuffer commands) const;
    void bind_textures(VkCommandBuffer commands, VkDescriptorSet set) const;
    void push(VkCommandBuffer commands, const ViewportConstants& constants) const;

  private:
    Result<void> create_layout(Device& device, const Options& options);

    SetLayoutHandle set_layout_;
    PipelineLayoutHandle layout_;
    PipelineHandle pipeline_;
};

}  // namespace moe::render
