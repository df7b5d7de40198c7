#pragma once

#include <vulkan/vulkan.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "render/frame_input.h"
#include "render/frame_report.h"
#include "render/renderer.h"
#include "render/vulkan_renderer.h"

namespace moe::app {

/// What the render thread answers: the picture of one frame input.
struct RenderedFrame {
    render::RgbaImage image;      ///< empty where `error` is set or the window has it already
    bool is_presented = false;    ///< on the surface; it has no image then
    bool is_missed = false;       ///< presented, but the window could not take it: to be drawn again soon
    std::string surface_failure;  ///< why the surface is of no use; the image is there instead
    double milliseconds = 0;      ///< to draw and show it or copy it out
    render::FrameReport report;
    std::string backend;  ///< "Vulkan: llvmpipe, CPU resolve", "Software: REASON"
    std::optional<std::string> error;
    std::shared_ptr<const render::Instance> instance;  ///< for surfaces; null of the software renderer
    bool is_cpu_device = false;                        ///< a software driver draws
};

/// Which renderer draws, as far as it can be chosen.
struct RendererChoice {
    bool software_only = false;  ///< Vulkan is not tried
    render::ResolveOn resolve = render::ResolveOn::Automatic;
    bool operator==(const RendererChoice&) const = default;
};

/// Owns the renderer and the only thread that calls it. Takes one frame at a time: hand over the next one
/// only when the answer to the one before has come.
class RenderThread {
  public:
    /// `on_frame` is called on the render thread.
    explicit RenderThread(std::function<void(RenderedFrame)> on_frame);
    ~RenderThread();  ///< waits for the frame in work

    /// Draws `input` into `recycled`, an image of an earlier answer (or an empty one) that is reused. Another
    /// `choice` than before makes another renderer.
    /// On a `surface` of the instance that an earlier answer gave, the picture is shown there.
    void draw(render::FrameInput input, render::RgbaImage recycled, const RendererChoice& choice,
              VkSurfaceKHR surface = VK_NULL_HANDLE);

    /// Waits until nothing on the render thread uses the surface any more; no frame will, until one is handed
    /// over with it.
    void release_surface();

    /// Calls `work` on the render thread, between frames, and waits for it; with null where no Vulkan
    /// renderer is at work.
    void call(const std::function<void(render::VulkanRenderer*)>& work);

  private:
    struct Job {
        render::FrameInput input;
        render::RgbaImage image;
        RendererChoice choice;
        VkSurfaceKHR surface = VK_NULL_HANDLE;
    };
    /// Something to do between frames.
    struct Call {
        const std::function<void(render::VulkanRenderer*)>& work;
        bool is_done = false;
    };
    void loop(std::stop_token stop);
    std::optional<Job> next_job(std::stop_token stop, render::Renderer* renderer,
                                render::VulkanRenderer* vulkan);

    std::function<void(RenderedFrame)> on_frame_;
    std::mutex mutex_;
    std::condition_variable_any job_waits_;
    std::condition_variable call_is_done_;
    std::optional<Job> job_;
    Call* call_ = nullptr;
    std::jthread thread_;  // last: it uses the members above
};

}  // namespace moe::app
