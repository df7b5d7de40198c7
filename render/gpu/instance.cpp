#include "render/gpu/instance.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "render/gpu/vk_result.h"
#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

std::atomic<std::size_t> message_count{0};

VKAPI_ATTR VkBool32 VKAPI_CALL on_message(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                          VkDebugUtilsMessageTypeFlagsEXT,
                                          const VkDebugUtilsMessengerCallbackDataEXT* data, void*) {
    ++message_count;
    std::fprintf(stderr, "Vulkan validation: %s\n", data->pMessage);
    return VK_FALSE;
}

VkDebugUtilsMessengerCreateInfoEXT messenger_info() {
    auto info = vk_struct<VkDebugUtilsMessengerCreateInfoEXT>(
        VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT);
    info.messageSeverity =
        VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    info.messageType =
        VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
    info.pfnUserCallback = on_message;
    return info;
}

bool has_layer(const char* name) {
    std::uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    vkEnumerateInstanceLayerProperties(&count, layers.data());
    return std::any_of(layers.begin(), layers.end(), [&](const VkLayerProperties& layer) {
        return std::strcmp(layer.layerName, name) == 0;
    });
}

bool has_extension(const char* layer, const char* name) {
    std::uint32_t count = 0;
    if (vkEnumerateInstanceExtensionProperties(layer, &count, nullptr) != VK_SUCCESS) return false;
    std::vector<VkExtensionProperties> extensions(count);
    vkEnumerateInstanceExtensionProperties(layer, &count, extensions.data());
    return std::any_of(extensions.begin(), extensions.end(), [&](const VkExtensionProperties& extension) {
        return std::strcmp(extension.extensionName, name) == 0;
    });
}

// What windows need; by name, so that no window system's headers come in.
std::vector<const char*> surface_extensions() {
    if (!has_extension(nullptr, VK_KHR_SURFACE_EXTENSION_NAME)) return {};
    std::vector<const char*> extensions;
    for (const char* name : {"VK_KHR_xcb_surface", "VK_KHR_xlib_surface", "VK_KHR_wayland_surface"}) {
        if (has_extension(nullptr, name)) extensions.push_back(name);
    }
    if (!extensions.empty()) extensions.push_back(VK_KHR_SURFACE_EXTENSION_NAME);
    return extensions;
}

}  // namespace

Result<Instance> Instance::create(bool validation) {
    const bool validates = validation && has_layer(kValidationLayer);
    std::vector<const char*> layers;
    std::vector<const char*> extensions = surface_extensions();
    const bool has_surfaces = !extensions.empty();
    if (validates) layers.push_back(kValidationLayer);
    const bool debug_utils = has_extension(nullptr, VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    if (debug_utils) extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);

    auto application = vk_struct<VkApplicationInfo>(VK_STRUCTURE_TYPE_APPLICATION_INFO);
    application.pApplicationName = "MoEScope";
    application.apiVersion = VK_API_VERSION_1_1;
    auto info = vk_struct<VkInstanceCreateInfo>(VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
    info.pApplicationInfo = &application;

    const VkValidationFeatureEnableEXT synchronization =
        VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
    auto features = vk_struct<VkValidationFeaturesEXT>(VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT);
    features.enabledValidationFeatureCount = 1;
    features.pEnabledValidationFeatures = &synchronization;
    if (validates && has_extension(kValidationLayer, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME)) {
        extensions.push_back(VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME);
        info.pNext = &features;
    }
    info.enabledLayerCount = static_cast<std::uint32_t>(layers.size());
    info.ppEnabledLayerNames = layers.data();
    info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
    info.ppEnabledExtensionNames = extensions.data();

    Instance instance;
    MOE_TRY(vk_checked(vkCreateInstance(&info, nullptr, &instance.handle_), "vkCreateInstance"));
    instance.has_debug_utils_ = debug_utils;
    instance.has_surfaces_ = has_surfaces;
    if (validates && debug_utils) MOE_TRY(instance.listen());
    return instance;
}

Result<void> Instance::listen() {
    const auto create = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
        vkGetInstanceProcAddr(handle_, "vkCreateDebugUtilsMessengerEXT"));
    if (create == nullptr) return {};
    const VkDebugUtilsMessengerCreateInfoEXT info = messenger_info();
    return vk_checked(create(handle_, &info, nullptr, &messenger_), "vkCreateDebugUtilsMessengerEXT");
}

Instance::~Instance() {
    if (messenger_ != VK_NULL_HANDLE) {
        const auto destroy = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
            vkGetInstanceProcAddr(handle_, "vkDestroyDebugUtilsMessengerEXT"));
        if (destroy != nullptr) destroy(handle_, messenger_, nullptr);
    }
    if (handle_ != VK_NULL_HANDLE) vkDestroyInstance(handle_, nullptr);
}

std::size_t Instance::n_messages() { return message_count; }

void Instance::swap(Instance& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(messenger_, other.messenger_);
    std::swap(has_debug_utils_, other.has_debug_utils_);
    std::swap(has_surfaces_, other.has_surfaces_);
}

}  // namespace moe::render
