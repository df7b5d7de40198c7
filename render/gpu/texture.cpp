#include "render/gpu/texture.h"

#include <algorithm>
#include <cstring>

#include "engine/base/check.h"
#include "render/gpu/image_barrier.h"

namespace moe::render {
namespace {

VkDeviceSize texel_bytes(VkFormat format) { return format == VK_FORMAT_R8_UNORM ? 1 : 4; }

}  // namespace

Result<bool> Texture::resize(Device& device, const Options& options) {
    if (image_.width() == options.width && image_.height() == options.height) return false;
    MOE_TRY(image_,
            Image::create(device, {.width = options.width,
                                   .height = options.height,
                                   .format = options.format,
                                   .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                                   .label = options.label}));
    const VkDeviceSize size = VkDeviceSize{options.width} * options.height * texel_bytes(options.format);
    MOE_TRY(Buffer::reserve(
        device, {.size_bytes = size, .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT, .label = options.label},
        staging_));
    return true;
}

void Texture::write(std::span<const std::uint8_t> bytes) {
    MOE_CHECK(bytes.size() <= staging_.mapped().size());
    std::memcpy(staging_.mapped().data(), bytes.data(), bytes.size());
    has_new_content_ = true;
}

void Texture::record_upload(VkCommandBuffer commands) {
    if (!has_new_content_) return;
    has_new_content_ = false;
    record_copy(commands, staging_.handle(), 0, image_.width());
}

void Texture::record_copy(VkCommandBuffer commands, VkBuffer source, VkDeviceSize offset,
                          std::uint32_t line_texels) const {
    const VkImageMemoryBarrier before =
        image_barrier(image_.handle(), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 0,
                VK_ACCESS_TRANSFER_WRITE_BIT);
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT, 0,
                         0, nullptr, 0, nullptr, 1, &before);
    VkBufferImageCopy copy{};
    copy.bufferOffset = offset;
    copy.bufferRowLength = line_texels;
    copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    copy.imageExtent = {image_.width(), image_.height(), 1};
    vkCmdCopyBufferToImage(commands, source, image_.handle(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &copy);
    const VkImageMemoryBarrier after = image_barrier(image_.handle(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                                               VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                                               VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_SHADER_READ_BIT);
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT, 0,
                         0, nullptr, 0, nullptr, 1, &after);
}

}  // namespace moe::render
