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
    std::string backend;  ///< "Vulkan: llvmpipe", "Software: REASON"
    std::optional<std::string> error;
};

/// Owns the renderer and the only thread that calls it. Takes one frame at a time: hand over the next one
/// only when the answer to the one before has come.
class RenderThread {
  public:
    /// `on_frame` is called on the render thread. With `software_only` Vulkan is not tried.
    RenderThread(bool software_only, std::function<void(RenderedFrame)> on_frame);
    ~RenderThread();  ///< waits for the frame in work

    /// Draws `input` into `recycled`, an image of an earlier answer (or an empty one) that is reused.
    void draw(render::FrameInput input, render::RgbaImage recycled);

  private:
    struct Job {
        render::FrameInput input;
        render::RgbaImage image;
    };
    void loop(std::stop_token stop, bool software_only);
    std::optional<Job> next_job(std::stop_token stop, render::Renderer* renderer);

    std::function<void(RenderedFrame)> on_frame_;
    std::mutex mutex_;
    std::condition_variable_any job_waits_;
    std::optional<Job> job_;
    std::jthread thread_;  // last: it uses the members above
};

}  // namespace moe::app
