#include "app/viewport/render_thread.h"

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/base/check.h"
#include "render/renderer.h"

namespace moe::app {
namespace {

constexpr std::size_t kValuesAhead = 1'000'000;

struct Backend {
    std::unique_ptr<render::Renderer> renderer;
    std::string description;
};

Backend software_backend(const std::string& reason) {
    return {.renderer = render::create_software_renderer(), .description = "Software: " + reason};
}

bool is_vulkan_off() {
    const char* setting = std::getenv("MOESCOPE_VULKAN");
    return setting != nullptr && std::string_view(setting) == "off";
}

Backend best_backend(bool software_only) {
    if (software_only) return software_backend("asked for");
    if (is_vulkan_off()) return software_backend("MOESCOPE_VULKAN is off");
    render::VulkanOptions options;
    if (const char* validation = std::getenv("MOESCOPE_VULKAN_VALIDATION"); validation != nullptr)
        options.validation = true;
    if (const char* device = std::getenv("MOESCOPE_VULKAN_DEVICE"); device != nullptr)
        options.device_name = device;
    Result<std::unique_ptr<render::Renderer>> vulkan = render::create_vulkan_renderer(options);
    if (!vulkan) return software_backend(vulkan.error().message);
    std::string description = vulkan.value()->description();
    return {.renderer = std::move(vulkan).value(), .description = std::move(description)};
}

/// Draws one frame; a renderer that fails is replaced by the software renderer for good.
RenderedFrame rendered(Backend& backend, const render::FrameInput& input, render::RgbaImage image) {
    const auto begin = std::chrono::steady_clock::now();
    Result<void> result = backend.renderer->render(input, image);
    if (!result) {
        backend = software_backend(result.error().message);
        result = backend.renderer->render(input, image);
    }
    RenderedFrame frame{.image = std::move(image),
                        .report = backend.renderer->report(),
                        .backend = backend.description,
                        .error = std::nullopt};
    if (!result) frame.error = result.error().message;
    frame.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return frame;
}

}  // namespace

RenderThread::RenderThread(bool software_only, std::function<void(RenderedFrame)> on_frame)
    : on_frame_(std::move(on_frame)),
      thread_([this, software_only](std::stop_token stop) { loop(stop, software_only); }) {}

RenderThread::~RenderThread() = default;  // jthread asks to stop and joins

void RenderThread::draw(render::FrameInput input, render::RgbaImage recycled) {
    const std::lock_guard lock(mutex_);
    MOE_CHECK(!job_.has_value());
    job_.emplace(Job{.input = std::move(input), .image = std::move(recycled)});
    job_waits_.notify_one();
}

// Between frames it works ahead, a few milliseconds at a time so that no frame waits for it.
std::optional<RenderThread::Job> RenderThread::next_job(std::stop_token stop, render::Renderer* renderer) {
    bool is_done = renderer == nullptr;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            const auto has_job = [this] { return job_.has_value(); };
            if (is_done && !job_waits_.wait(lock, stop, has_job)) return std::nullopt;
            if (stop.stop_requested()) return std::nullopt;
            if (has_job()) return std::exchange(job_, std::nullopt);
        }
        is_done = renderer->work_ahead(kValuesAhead);
    }
}

void RenderThread::loop(std::stop_token stop, bool software_only) {
    std::optional<Backend> backend;  // made on this thread, which it belongs to, by the first frame
    while (std::optional<Job> job = next_job(stop, backend ? backend->renderer.get() : nullptr)) {
        if (!backend.has_value()) backend = best_backend(software_only);
        on_frame_(rendered(*backend, job->input, std::move(job->image)));
    }
}

}  // namespace moe::app
