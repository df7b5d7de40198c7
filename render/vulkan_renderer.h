#pragma once

#include <memory>

#include "render/frame_scene.h"
#include "render/renderer.h"

namespace moe::render {

/// What `create_vulkan_renderer` makes: composes the scene on the CPU, makes its codes there or in a compute
/// shader, draws it in four passes and reads the picture back. One frame at a time: when render() returns,
/// the GPU is idle.
class VulkanRenderer : public Renderer {
  public:
    static Result<std::unique_ptr<VulkanRenderer>> create(const VulkanOptions& options);
    ~VulkanRenderer() override;

    Result<void> render(const FrameInput& input, RgbaImage& image) override;
    const FrameReport& report() const override { return report_; }
    std::string description() const override;

    /// The next frame loses its device, and so do the `count` - 1 attempts after it. For tests.
    void lose_device(int count);

  private:
    struct Gpu;  // everything that a lost device takes with it
    VulkanRenderer();
    Result<void> make_gpu();
    Result<void> render_once(const FrameInput& input, RgbaImage& image);
    std::string resolve_description() const;

    struct Loader;  // the instance, which outlives devices
    VulkanOptions options_;
    SceneBuilder scenes_;
    FrameReport report_;
    std::unique_ptr<Loader> loader_;
    std::unique_ptr<Gpu> gpu_;
    int losses_to_simulate_ = 0;
};

}  // namespace moe::render
