#include "render/gpu/offscreen_target.h"

#include "render/gpu/render_pass.h"
#include "render/gpu/vk_struct.h"

namespace moe::render {

Result<void> OffscreenTarget::resize(Device& device, VkRenderPass render_pass, int width, int height) {
    const auto w = static_cast<std::uint32_t>(width);
    const auto h = static_cast<std::uint32_t>(height);
    if (framebuffer_.get() != VK_NULL_HANDLE && image_.width() == w && image_.height() == h) return {};
    framebuffer_ = {};
    MOE_TRY(image_, Image::create(device, {.width = w,
                                           .height = h,
                                           .format = kPictureFormat,
                                           .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                                                    VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
                                           .label = "picture"}));
    MOE_TRY(Buffer::reserve(device,
                            {.size_bytes = VkDeviceSize{w} * h * 4,
                             .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                             .label = "readback"},
                            readback_));
    const VkImageView view = image_.view();
    auto info = vk_struct<VkFramebufferCreateInfo>(VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO);
    info.renderPass = render_pass;
    info.attachmentCount = 1;
    info.pAttachments = &view;
    info.width = w;
    info.height = h;
    info.layers = 1;
    VkFramebuffer framebuffer = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateFramebuffer(device.handle(), &info, nullptr, &framebuffer),
                           "vkCreateFramebuffer"));
    framebuffer_ = FramebufferHandle(device.handle(), framebuffer);
    device.label(VK_OBJECT_TYPE_FRAMEBUFFER, framebuffer, "picture");
    return {};
}

void OffscreenTarget::begin(VkCommandBuffer commands, VkRenderPass render_pass, Color clear) const {
    VkClearValue value{};
    value.color = {{static_cast<float>(clear.r) / 255.0f, static_cast<float>(clear.g) / 255.0f,
                    static_cast<float>(clear.b) / 255.0f, 1.0f}};
    const VkRect2D area{{0, 0}, {image_.width(), image_.height()}};
    auto info = vk_struct<VkRenderPassBeginInfo>(VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO);
    info.renderPass = render_pass;
    info.framebuffer = framebuffer_.get();
    info.renderArea = area;
    info.clearValueCount = 1;
    info.pClearValues = &value;
    vkCmdBeginRenderPass(commands, &info, VK_SUBPASS_CONTENTS_INLINE);
    const VkViewport viewport{
        0.0f, 0.0f, static_cast<float>(image_.width()), static_cast<float>(image_.height()), 0.0f, 1.0f};
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &area);
}

void OffscreenTarget::end(VkCommandBuffer commands) const { vkCmdEndRenderPass(commands); }

void OffscreenTarget::read_back(VkCommandBuffer commands) const {
    VkBufferImageCopy copy{};
    copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    copy.imageExtent = {image_.width(), image_.height(), 1};
    vkCmdCopyImageToBuffer(commands, image_.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                           readback_.handle(), 1, &copy);
    auto barrier = vk_struct<VkBufferMemoryBarrier>(VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER);
    barrier.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_HOST_READ_BIT;
    barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.buffer = readback_.handle();
    barrier.size = VK_WHOLE_SIZE;
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 0, nullptr,
                         1, &barrier, 0, nullptr);
}

std::span<const std::byte> OffscreenTarget::pixels() const {
    return readback_.mapped().first(std::size_t{image_.width()} * image_.height() * 4);
}

}  // namespace moe::render
