#include "render/passes/marks_pass.h"

#include <shaders/marks.frag.h>
#include <shaders/marks.vert.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace moe::render {
namespace {

static_assert(sizeof(Mark) == 20, "a mark is an instance as it lies in memory");

}  // namespace

Result<MarksPass> MarksPass::create(Device& device, VkRenderPass render_pass) {
    const std::array bindings{
        VkVertexInputBindingDescription{0, sizeof(Mark), VK_VERTEX_INPUT_RATE_INSTANCE}};
    const std::array attributes{
        VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32A32_SINT, offsetof(Mark, rect)},
        VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(Mark, color)}};
    MarksPass pass;
    MOE_TRY(pass.pipeline_, Pipeline::create(device, render_pass,
                                             {.vertex_shader = k_marks_vert,
                                              .fragment_shader = k_marks_frag,
                                              .bindings = bindings,
                                              .attributes = attributes,
                                              .n_textures = 0,
                                              .blend = Pipeline::Blend::Straight,
                                              .label = "marks"}));
    return pass;
}

Result<void> MarksPass::prepare(Device& device, const Marks& below, const Marks& above) {
    n_below_ = static_cast<std::uint32_t>(below.size());
    n_above_ = static_cast<std::uint32_t>(above.size());
    const std::size_t size = (below.size() + above.size()) * sizeof(Mark);
    MOE_TRY(Buffer::reserve(
        device, {.size_bytes = size, .usage = VK_BUFFER_USAGE_VERTEX_BUFFER_BIT, .label = "marks"},
        instances_));
    std::byte* bytes = instances_.mapped().data();
    if (!below.empty()) std::memcpy(bytes, below.data(), below.size() * sizeof(Mark));
    if (!above.empty())
        std::memcpy(bytes + below.size() * sizeof(Mark), above.data(), above.size() * sizeof(Mark));
    return {};
}

void MarksPass::draw_below(VkCommandBuffer commands, const ViewportConstants& constants) const {
    draw(commands, constants, 0, n_below_);
}

void MarksPass::draw_above(VkCommandBuffer commands, const ViewportConstants& constants) const {
    draw(commands, constants, n_below_, n_above_);
}

void MarksPass::draw(VkCommandBuffer commands, const ViewportConstants& constants, std::uint32_t first,
                     std::uint32_t count) const {
    if (count == 0) return;
    pipeline_.bind(commands);
    pipeline_.push(commands, constants);
    const VkBuffer buffer = instances_.handle();
    const VkDeviceSize offset = 0;
    vkCmdBindVertexBuffers(commands, 0, 1, &buffer, &offset);
    vkCmdDraw(commands, 6, count, 0, first);
}

}  // namespace moe::render
