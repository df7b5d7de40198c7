#include "render/gpu/buffer.h"

#include <algorithm>

#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

constexpr VkMemoryPropertyFlags kHostMemory =
    VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;

}  // namespace

Result<Buffer> Buffer::create(Device& device, const Options& options) {
    auto info = vk_struct<VkBufferCreateInfo>(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO);
    info.size = std::max<VkDeviceSize>(options.size_bytes, 4);
    info.usage = options.usage;
    VkBuffer handle = VK_NULL_HANDLE;
    MOE_TRY(device.checked(vkCreateBuffer(device.handle(), &info, nullptr, &handle), "vkCreateBuffer"));
    Buffer buffer;
    buffer.buffer_ = BufferHandle(device.handle(), handle);
    device.label(VK_OBJECT_TYPE_BUFFER, handle, options.label);

    VkMemoryRequirements requirements;
    vkGetBufferMemoryRequirements(device.handle(), handle, &requirements);
    const bool is_shared = options.memory == Memory::Shared;
    MOE_TRY(buffer.memory_, device.allocate(requirements, is_shared ? kHostMemory : 0,
                                            is_shared ? VK_MEMORY_PROPERTY_HOST_CACHED_BIT
                                                      : VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT));
    const VkDeviceMemory memory = buffer.memory_.get();
    device.label(VK_OBJECT_TYPE_DEVICE_MEMORY, memory, options.label);
    MOE_TRY(device.checked(vkBindBufferMemory(device.handle(), handle, memory, 0), "vkBindBufferMemory"));
    buffer.size_bytes_ = info.size;
    if (!is_shared) return buffer;
    void* address = nullptr;
    MOE_TRY(
        device.checked(vkMapMemory(device.handle(), memory, 0, VK_WHOLE_SIZE, 0, &address), "vkMapMemory"));
    buffer.mapped_ = {static_cast<std::byte*>(address), static_cast<std::size_t>(info.size)};
    return buffer;
}

Result<void> Buffer::reserve(Device& device, const Options& options, Buffer& buffer) {
    if (buffer.size_bytes_ >= options.size_bytes && buffer.handle() != VK_NULL_HANDLE) return {};
    Options grown = options;
    grown.size_bytes = std::max<VkDeviceSize>(options.size_bytes, 2 * buffer.size_bytes_);
    MOE_TRY(buffer, create(device, grown));
    return {};
}

}  // namespace moe::render
