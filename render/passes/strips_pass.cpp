#include "render/passes/strips_pass.h"

#include <shaders/quad.vert.h>
#include <shaders/strip.frag.h>

namespace moe::render {

Result<StripsPass> StripsPass::create(Device& device, VkRenderPass render_pass) {
    StripsPass pass;
    MOE_TRY(pass.sampler_, create_sampler(device, VK_FILTER_NEAREST, "label strips"));
    MOE_TRY(pass.pipeline_, Pipeline::create(device, render_pass,
                                             {.vertex_shader = k_quad_vert,
                                              .fragment_shader = k_strip_frag,
                                              .bindings = {},
                                              .attributes = {},
                                              .n_textures = 1,
                                              .blend = Pipeline::Blend::Premultiplied,
                                              .label = "label strips"}));
    return pass;
}

Result<void> StripsPass::prepare(Device& device, std::span<const LabelStrip> strips) {
    strips_.resize(strips.size());
    for (std::size_t i = 0; i < strips.size(); ++i) MOE_TRY(prepare_strip(device, strips[i], strips_[i]));
    return {};
}

Result<void> StripsPass::prepare_strip(Device& device, const LabelStrip& label, Strip& strip) {
    strip.rect = {};
    if (label.image == nullptr || label.image->rgba.empty()) return {};
    const int width = label.image->width;
    const int height = label.image->height;
    strip.rect = PixelRect{label.rect.x, label.rect.y, width, height}.intersected(label.rect);
    if (strip.image == label.image) return {};
    strip.image = nullptr;  // until the texture holds the new one
    if (strip.textures.handle() == VK_NULL_HANDLE) {
        MOE_TRY(strip.textures,
                DescriptorSet::create(device, {.n_bindings = 1}, pipeline_.set_layout(), "label strip"));
    }
    MOE_TRY(const bool is_new, strip.texture.resize(device, {.width = static_cast<std::uint32_t>(width),
                                                             .height = static_cast<std::uint32_t>(height),
                                                             .format = VK_FORMAT_R8G8B8A8_UNORM,
                                                             .label = "label strip"}));
    if (is_new) strip.textures.write(device, 0, strip.texture.view(), sampler_.get());
    strip.texture.write(label.image->rgba);
    strip.image = label.image;
    return {};
}

void StripsPass::record_uploads(VkCommandBuffer commands) {
    for (Strip& strip : strips_) strip.texture.record_upload(commands);
}

void StripsPass::draw(VkCommandBuffer commands, ViewportConstants constants) const {
    pipeline_.bind(commands);
    for (const Strip& strip : strips_) {
        if (strip.rect.is_empty()) continue;
        constants.rect = strip.rect;
        pipeline_.push(commands, constants);
        pipeline_.bind_textures(commands, strip.textures.handle());
        vkCmdDraw(commands, 6, 1, 0, 0);
    }
}

}  // namespace moe::render
