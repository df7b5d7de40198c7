#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "render/gpu/buffer.h"
#include "render/gpu/command_buffer.h"
#include "render/gpu/vk_struct.h"

namespace moe::render {
namespace {

bool has_validation_layer() {
    std::uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    vkEnumerateInstanceLayerProperties(&count, layers.data());
    return std::any_of(layers.begin(), layers.end(), [](const VkLayerProperties& layer) {
        return std::strcmp(layer.layerName, "VK_LAYER_KHRONOS_validation") == 0;
    });
}

// The other tests ask that no message arrives. That says something only if messages do arrive where
// there is something to say.
class ValidationTest : public testing::Test {
  protected:
    void SetUp() override {
        if (!has_validation_layer()) GTEST_SKIP() << "the Khronos validation layer is not installed";
        Result<Instance> instance = Instance::create(/*validation=*/true);
        if (!instance) GTEST_SKIP() << instance.error().message;
        instance_ = std::move(*instance);
        Result<std::unique_ptr<Device>> device = Device::create(instance_, "");
        if (!device) GTEST_SKIP() << device.error().message;
        device_ = std::move(*device);
        n_messages_ = Instance::n_messages();
    }
    Instance instance_;
    std::unique_ptr<Device> device_;
    std::size_t n_messages_ = 0;
};

TEST_F(ValidationTest, CountsAMisuse) {
    auto info = vk_struct<VkBufferCreateInfo>(VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO);
    info.size = 16;
    info.usage = 0;  // must not be 0
    VkBuffer handle = VK_NULL_HANDLE;
    const VkResult result = vkCreateBuffer(device_->handle(), &info, nullptr, &handle);
    if (result == VK_SUCCESS) vkDestroyBuffer(device_->handle(), handle, nullptr);
    EXPECT_GT(Instance::n_messages(), n_messages_);
}

TEST_F(ValidationTest, CountsAWriteThatDoesNotWaitForAnother) {
    Result<Buffer> buffer = Buffer::create(
        *device_, {.size_bytes = 64, .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT, .label = "hazard"});
    ASSERT_TRUE(buffer);
    Result<CommandBuffer> commands = CommandBuffer::create(*device_);
    ASSERT_TRUE(commands);
    Result<VkCommandBuffer> recording = commands->begin(*device_);
    ASSERT_TRUE(recording);
    ASSERT_EQ(Instance::n_messages(), n_messages_) << "so far nothing is wrong";
    vkCmdFillBuffer(*recording, buffer->handle(), 0, 64, 1);
    vkCmdFillBuffer(*recording, buffer->handle(), 0, 64, 2);  // no barrier between the two
    EXPECT_TRUE(commands->run(*device_));
    EXPECT_GT(Instance::n_messages(), n_messages_);
}

}  // namespace
}  // namespace moe::render
