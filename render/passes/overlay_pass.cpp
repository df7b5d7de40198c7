#include "render/passes/overlay_pass.h"

#include <shaders/overlay.frag.h>
#include <shaders/overlay.vert.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace moe::render {
namespace {

using Vertex = OverlayMesh::Vertex;

// Stands in where a mesh has no atlas: its colours as they are.
std::shared_ptr<const RgbaImage> white_pixel() {
    static const auto image =
        std::make_shared<const RgbaImage>(RgbaImage{.width = 1, .height = 1, .rgba = {255, 255, 255, 255}});
    return image;
}

template <class T>
Result<void> fill(Device& device, const std::vector<T>& values, VkBufferUsageFlags usage, const char* label,
                  Buffer& buffer) {
    const std::size_t size = values.size() * sizeof(T);
    MOE_TRY(Buffer::reserve(device, {.size_bytes = size, .usage = usage, .label = label}, buffer));
    if (size > 0) std::memcpy(buffer.mapped().data(), values.data(), size);
    return {};
}

}  // namespace

Result<OverlayPass> OverlayPass::create(Device& device, VkRenderPass render_pass) {
    const std::array bindings{
        VkVertexInputBindingDescription{0, sizeof(Vertex), VK_VERTEX_INPUT_RATE_VERTEX}};
    const std::array attributes{
        VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(Vertex, x)},
        VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(Vertex, u)},
        VkVertexInputAttributeDescription{2, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(Vertex, rgba)}};
    OverlayPass pass;
    MOE_TRY(pass.sampler_, create_sampler(device, VK_FILTER_LINEAR, "overlay"));
    MOE_TRY(pass.pipeline_, Pipeline::create(device, render_pass,
                                             {.vertex_shader = k_overlay_vert,
                                              .fragment_shader = k_overlay_frag,
                                              .bindings = bindings,
                                              .attributes = attributes,
                                              .n_textures = 1,
                                              .blend = Pipeline::Blend::Straight,
                                              .label = "overlay"}));
    MOE_TRY(pass.textures_,
            DescriptorSet::create(device, {.n_bindings = 1}, pass.pipeline_.set_layout(), "overlay"));
    return pass;
}

Result<void> OverlayPass::prepare(Device& device, const OverlayMesh& mesh) {
    draws_ = mesh.draws;
    if (draws_.empty()) return {};
    MOE_TRY(fill(device, mesh.vertices, VK_BUFFER_USAGE_VERTEX_BUFFER_BIT, "overlay vertices", vertices_));
    MOE_TRY(fill(device, mesh.indices, VK_BUFFER_USAGE_INDEX_BUFFER_BIT, "overlay indices", indices_));
    return prepare_atlas(device, mesh);
}

Result<void> OverlayPass::prepare_atlas(Device& device, const OverlayMesh& mesh) {
    const bool has_atlas = mesh.atlas != nullptr && !mesh.atlas->rgba.empty();
    const std::shared_ptr<const RgbaImage> image = has_atlas ? mesh.atlas : white_pixel();
    if (atlas_image_ == image) return {};
    atlas_image_ = nullptr;
    MOE_TRY(const bool is_new, atlas_.resize(device, {.width = static_cast<std::uint32_t>(image->width),
                                                      .height = static_cast<std::uint32_t>(image->height),
                                                      .format = VK_FORMAT_R8G8B8A8_UNORM,
                                                      .label = "overlay atlas"}));
    if (is_new) textures_.write(device, 0, atlas_.view(), sampler_.get());
    atlas_.write(image->rgba);
    atlas_image_ = image;
    return {};
}

void OverlayPass::draw(VkCommandBuffer commands, const ViewportConstants& constants) const {
    if (draws_.empty()) return;
    pipeline_.bind(commands);
    pipeline_.push(commands, constants);
    pipeline_.bind_textures(commands, textures_.handle());
    const VkBuffer vertices = vertices_.handle();
    const VkDeviceSize offset = 0;
    vkCmdBindVertexBuffers(commands, 0, 1, &vertices, &offset);
    vkCmdBindIndexBuffer(commands, indices_.handle(), 0, VK_INDEX_TYPE_UINT32);
    for (const OverlayMesh::Draw& draw : draws_) {
        const PixelRect clip = draw.clip.intersected({0, 0, constants.width, constants.height});
        if (clip.is_empty() || draw.n_indices == 0) continue;
        const VkRect2D scissor{
            {clip.x, clip.y},
            {static_cast<std::uint32_t>(clip.width), static_cast<std::uint32_t>(clip.height)}};
        vkCmdSetScissor(commands, 0, 1, &scissor);
        vkCmdDrawIndexed(commands, draw.n_indices, 1, draw.first_index, 0, 0);
    }
}

}  // namespace moe::render
