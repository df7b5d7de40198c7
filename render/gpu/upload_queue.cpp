#include "render/gpu/upload_queue.h"

#include <cstring>

#include "render/gpu/vk_struct.h"

namespace moe::render {

void UploadQueue::add(VkBuffer target, VkDeviceSize offset, std::span<const std::uint32_t> words) {
    const VkDeviceSize source = words_.size() * sizeof(std::uint32_t);
    words_.insert(words_.end(), words.begin(), words.end());
    if (!copies_.empty()) {  // neighbours travel together
        Copy& last = copies_.back();
        if (last.target == target && last.region.dstOffset + last.region.size == offset) {
            last.region.size += words.size_bytes();
            return;
        }
    }
    copies_.push_back({target, {source, offset, words.size_bytes()}});
}

Result<void> UploadQueue::stage(Device& device) {
    const std::size_t size = words_.size() * sizeof(std::uint32_t);
    if (size == 0) return {};
    MOE_TRY(Buffer::reserve(
        device, {.size_bytes = size, .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT, .label = "uploads"},
        staging_));
    std::memcpy(staging_.mapped().data(), words_.data(), size);
    return {};
}

void UploadQueue::record(VkCommandBuffer commands) {
    for (const Copy& copy : copies_)
        vkCmdCopyBuffer(commands, staging_.handle(), copy.target, 1, &copy.region);
    auto barrier = vk_struct<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
    barrier.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1,
                         &barrier, 0, nullptr, 0, nullptr);
    words_.clear();
    copies_.clear();
}

}  // namespace moe::render
