#pragma once

#include <vulkan/vulkan.h>

#include <memory>

#include "render/frame_scene.h"
#include "render/renderer.h"

namespace moe::render {

/// What `create_vulkan_renderer` makes: composes the scene on the CPU, makes its codes there or in a compute
/// shader, draws it in four passes and reads the picture back or shows it in a window. One frame at a time:
/// when render() returns, the GPU is idle.
class VulkanRenderer : public Renderer {
  public:
    static Result<std::unique_ptr<VulkanRenderer>> create(const VulkanOptions& options);
    ~VulkanRenderer() override;

    Result<void> render(const FrameInput& input, RgbaImage& image) override;
    bool work_ahead(std::size_t most_values) override { return scenes_.work_ahead(most_values); }
    const FrameReport& report() const override { return report_; }
    std::string description() const override;

    /// Like render, but shows the picture on a surface of the instance that the options gave. False where the
    /// window cannot take a picture now. An Error that is no loss of the device is one of the surface.
    Result<bool> present(const FrameInput& input, VkSurfaceKHR surface);
    /// Copies out the picture that was drawn last, however it was shown; empty if there is none.
    Result<void> read_back(RgbaImage& image);
    /// Must come before the surface that pictures were shown on goes.
    void release_surface();

    bool is_cpu() const;  ///< a software driver draws

    /// The next frame loses its device, and so do the `count` - 1 attempts after it. For tests.
    void lose_device(int count);

  private:
    struct Gpu;  // everything that a lost device takes with it
    VulkanRenderer();
    Result<void> make_gpu();
    /// Where a picture goes: out, or onto a surface.
    struct Output {
        RgbaImage* image = nullptr;
        VkSurfaceKHR surface = VK_NULL_HANDLE;
    };
    Result<bool> draw(const FrameInput& input, const Output& output);
    Result<bool> draw_once(const FrameInput& input, const Output& output);
    Result<void> record_scene(const FrameInput& input, const FrameScene& scene, VkCommandBuffer& commands);
    Result<bool> show(const FrameInput& input, const FrameScene& scene, VkSurfaceKHR surface);
    std::string resolve_description() const;

    VulkanOptions options_;  // with the instance, which outlives devices
    SceneBuilder scenes_;
    FrameReport report_;
    std::unique_ptr<Gpu> gpu_;
    int losses_to_simulate_ = 0;
};

}  // namespace moe::render
