#include "render/gpu/device.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "render/gpu/vk_result.h"
#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

int score(const VkPhysicalDeviceProperties& properties) {
    switch (properties.deviceType) {
        case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
            return 4;
        case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
            return 3;
        case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
            return 2;
        default:
            return 1;
    }
}

std::vector<VkQueueFamilyProperties> queue_families(VkPhysicalDevice physical) {
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families.data());
    return families;
}

std::optional<std::uint32_t> family_with(const std::vector<VkQueueFamilyProperties>& families,
                                         VkQueueFlags flags) {
    for (std::size_t i = 0; i < families.size(); ++i) {
        if ((families[i].queueFlags & flags) == flags) return static_cast<std::uint32_t>(i);
    }
    return std::nullopt;
}

// One that can also compute, where there is one.
std::optional<std::uint32_t> graphics_family(VkPhysicalDevice physical) {
    const std::vector<VkQueueFamilyProperties> families = queue_families(physical);
    const auto both = family_with(families, VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT);
    return both ? both : family_with(families, VK_QUEUE_GRAPHICS_BIT);
}

bool has_extension(VkPhysicalDevice physical, const char* name) {
    std::uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> extensions(count);
    vkEnumerateDeviceExtensionProperties(physical, nullptr, &count, extensions.data());
    return std::ranges::any_of(extensions, [&](const VkExtensionProperties& extension) {
        return std::string_view(extension.extensionName) == name;
    });
}

Result<VkPhysicalDevice> choose(const Instance& instance, const std::string& name) {
    std::uint32_t count = 0;
    MOE_TRY(vk_checked(vkEnumeratePhysicalDevices(instance.handle(), &count, nullptr),
                       "vkEnumeratePhysicalDevices"));
    std::vector<VkPhysicalDevice> devices(count);
    MOE_TRY(vk_checked(vkEnumeratePhysicalDevices(instance.handle(), &count, devices.data()),
                       "vkEnumeratePhysicalDevices"));
    VkPhysicalDevice best = VK_NULL_HANDLE;
    int best_score = 0;
    for (VkPhysicalDevice device : devices) {
        VkPhysicalDeviceProperties properties;
        vkGetPhysicalDeviceProperties(device, &properties);
        const bool is_wanted = std::string(properties.deviceName).find(name) != std::string::npos;
        const bool can_draw =
            graphics_family(device).has_value() && properties.apiVersion >= VK_API_VERSION_1_1;
        if (!is_wanted || !can_draw || score(properties) <= best_score) continue;
        best = device;
        best_score = score(properties);
    }
    if (best != VK_NULL_HANDLE) return best;
    if (name.empty()) return make_error("Vulkan: no device that can draw; install a graphics driver");
    return make_error("Vulkan: no device with a name like \"{}\" can draw; choose another", name);
}

}  // namespace

Result<std::unique_ptr<Device>> Device::create(const Instance& instance, const std::string& name) {
    MOE_TRY(const VkPhysicalDevice physical, choose(instance, name));
    std::unique_ptr<Device> device(new Device);
    MOE_TRY(device->open(physical, instance.has_surfaces()));
    if (instance.has_debug_utils()) {
        device->set_name_ = reinterpret_cast<PFN_vkSetDebugUtilsObjectNameEXT>(
            vkGetInstanceProcAddr(instance.handle(), "vkSetDebugUtilsObjectNameEXT"));
    }
    device->label(VK_OBJECT_TYPE_DEVICE, device->handle_, "device");
    device->label(VK_OBJECT_TYPE_QUEUE, device->queue_, "graphics queue");
    return device;
}

Result<void> Device::open(VkPhysicalDevice physical, bool has_surfaces) {
    physical_ = physical;
    VkPhysicalDeviceProperties properties;
    vkGetPhysicalDeviceProperties(physical, &properties);
    name_ = properties.deviceName;
    VkPhysicalDeviceFeatures available;
    vkGetPhysicalDeviceFeatures(physical, &available);
    vkGetPhysicalDeviceMemoryProperties(physical, &memory_);
    queue_family_ = graphics_family(physical).value_or(0);
    limits_ = {
        .is_cpu = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU,
        .has_compute = (queue_families(physical)[queue_family_].queueFlags & VK_QUEUE_COMPUTE_BIT) != 0,
        .has_int64 = available.shaderInt64 == VK_TRUE,
        .has_swapchain = has_surfaces && has_extension(physical, VK_KHR_SWAPCHAIN_EXTENSION_NAME),
        .image_size = properties.limits.maxImageDimension2D,
        .storage_buffers = properties.limits.maxPerStageDescriptorStorageBuffers,
        .storage_bytes = properties.limits.maxStorageBufferRange};

    const float priority = 1.0f;
    auto queue = vk_struct<VkDeviceQueueCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO);
    queue.queueFamilyIndex = queue_family_;
    queue.queueCount = 1;
    queue.pQueuePriorities = &priority;
    auto info = vk_struct<VkDeviceCreateInfo>(VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
    info.queueCreateInfoCount = 1;
    info.pQueueCreateInfos = &queue;
    VkPhysicalDeviceFeatures wanted{};
    wanted.shaderInt64 = available.shaderInt64;
    info.pEnabledFeatures = &wanted;
    const char* swapchain = VK_KHR_SWAPCHAIN_EXTENSION_NAME;
    info.enabledExtensionCount = limits_.has_swapchain ? 1 : 0;
    info.ppEnabledExtensionNames = &swapchain;
    MOE_TRY(vk_checked(vkCreateDevice(physical, &info, nullptr, &handle_), "vkCreateDevice"));
    vkGetDeviceQueue(handle_, queue_family_, 0, &queue_);
    return {};
}

Device::~Device() {
    if (handle_ == VK_NULL_HANDLE) return;
    vkDeviceWaitIdle(handle_);
    vkDestroyDevice(handle_, nullptr);
}

VkDeviceSize Device::own_memory_bytes() const {
    VkDeviceSize bytes = 0;
    for (std::uint32_t i = 0; i < memory_.memoryHeapCount; ++i) {
        if ((memory_.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0)
            bytes = std::max(bytes, memory_.memoryHeaps[i].size);
    }
    return bytes;
}

std::string Device::compute_complaint(std::uint32_t n_buffers) const {
    if (!limits_.has_compute) return "its queue does not compute";
    if (!limits_.has_int64) return "it has no 64-bit integers";
    if (limits_.storage_buffers < n_buffers)
        return fmt::format("its shaders see {} buffers, not {}", limits_.storage_buffers, n_buffers);
    return {};
}

Result<void> Device::checked(VkResult result, const char* call) {
    if (result == VK_ERROR_DEVICE_LOST) is_lost_ = true;
    return vk_checked(result, call);
}

bool Device::can_present(VkSurfaceKHR surface) const {
    VkBool32 is_supported = VK_FALSE;
    return limits_.has_swapchain &&
           vkGetPhysicalDeviceSurfaceSupportKHR(physical_, queue_family_, surface, &is_supported) ==
               VK_SUCCESS &&
           is_supported == VK_TRUE;
}

Result<void> Device::submit_and_wait(VkCommandBuffer commands, VkFence fence,
                                     const SubmitSemaphores& semaphores) {
    if (loses_at_next_submit_) {
        loses_at_next_submit_ = false;
        return checked(VK_ERROR_DEVICE_LOST, "vkQueueSubmit");
    }
    auto submit = vk_struct<VkSubmitInfo>(VK_STRUCTURE_TYPE_SUBMIT_INFO);
    submit.commandBufferCount = 1;
    submit.pCommandBuffers = &commands;
    const VkPipelineStageFlags copies = VK_PIPELINE_STAGE_TRANSFER_BIT;
    submit.waitSemaphoreCount = semaphores.wait != VK_NULL_HANDLE ? 1 : 0;
    submit.pWaitSemaphores = &semaphores.wait;
    submit.pWaitDstStageMask = &copies;
    submit.signalSemaphoreCount = semaphores.signal != VK_NULL_HANDLE ? 1 : 0;
    submit.pSignalSemaphores = &semaphores.signal;
    MOE_TRY(checked(vkResetFences(handle_, 1, &fence), "vkResetFences"));
    MOE_TRY(checked(vkQueueSubmit(queue_, 1, &submit, fence), "vkQueueSubmit"));
    return checked(vkWaitForFences(handle_, 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
}

Result<MemoryHandle> Device::allocate(const VkMemoryRequirements& requirements, VkMemoryPropertyFlags wanted,
                                      VkMemoryPropertyFlags preferred) {
    std::optional<std::uint32_t> chosen;
    for (std::uint32_t i = memory_.memoryTypeCount; i-- > 0;) {
        const VkMemoryPropertyFlags flags = memory_.memoryTypes[i].propertyFlags;
        if ((requirements.memoryTypeBits >> i & 1u) == 0 || (flags & wanted) != wanted) continue;
        const bool is_preferred = (flags & preferred) == preferred;
        const bool had_preferred =
            chosen && (memory_.memoryTypes[*chosen].propertyFlags & preferred) == preferred;
        if (!chosen || is_preferred || !had_preferred) chosen = i;
    }
    if (!chosen)
        return make_error("Vulkan: {} has no memory of the needed kind; use the software renderer", name_);
    auto info = vk_struct<VkMemoryAllocateInfo>(VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO);
    info.allocationSize = requirements.size;
    info.memoryTypeIndex = *chosen;
    VkDeviceMemory memory = VK_NULL_HANDLE;
    MOE_TRY(checked(vkAllocateMemory(handle_, &info, nullptr, &memory), "vkAllocateMemory"));
    return MemoryHandle(handle_, memory);
}

void Device::label_object(VkObjectType type, std::uint64_t handle, const char* text) const {
    if (set_name_ == nullptr) return;
    auto info = vk_struct<VkDebugUtilsObjectNameInfoEXT>(VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT);
    info.objectType = type;
    info.objectHandle = handle;
    info.pObjectName = text;
    set_name_(handle_, &info);
}

}  // namespace moe::render
