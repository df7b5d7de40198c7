#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "render/frame_input.h"
#include "render/frame_report.h"
#include "render/renderer.h"

namespace moe::app {

/// What the render thread answers: the picture of one frame input.
struct RenderedFrame {
    render::RgbaImage image;  ///< empty where `error` is set
    double milliseconds = 0;  ///< to draw and copy it out
    render::FrameReport report;
    std::string backend;  ///< "Vulkan: llvmpipe, CPU resolve", "Software: REASON"
    std::optional<std::string> error;
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
    void draw(render::FrameInput input, render::RgbaImage recycled, const RendererChoice& choice);

  private:
    struct Job {
        render::FrameInput input;
        render::RgbaImage image;
        RendererChoice choice;
    };
    void loop(std::stop_token stop);

    std::function<void(RenderedFrame)> on_frame_;
    std::mutex mutex_;
    std::condition_variable_any job_waits_;
    std::optional<Job> job_;
    std::jthread thread_;  // last: it uses the members above
};

}  // namespace moe::app
