#include "app/viewport/render_thread.h"

#include <chrono>
#include <cstdlib>
#include <string_view>

#include "engine/base/check.h"

namespace moe::app {
namespace {

struct Backend {
    std::unique_ptr<render::Renderer> renderer;
    std::string software_reason;  // why it is the software renderer; empty: it is not
    RendererChoice choice;

    std::string description() const {
        return software_reason.empty() ? renderer->description() : "Software: " + software_reason;
    }
};

Backend software_backend(const RendererChoice& choice, const std::string& reason) {
    return {.renderer = render::create_software_renderer(), .software_reason = reason, .choice = choice};
}

bool is_vulkan_off() {
    const char* setting = std::getenv("MOESCOPE_VULKAN");
    return setting != nullptr && std::string_view(setting) == "off";
}

// MOESCOPE_RESOLVE decides before the choice does: for tests, and where the window does not come up.
render::ResolveOn resolve_of(const RendererChoice& choice) {
    const char* setting = std::getenv("MOESCOPE_RESOLVE");
    const std::string_view wanted = setting != nullptr ? setting : "";
    if (wanted == "cpu") return render::ResolveOn::Cpu;
    if (wanted == "gpu") return render::ResolveOn::Gpu;
    return choice.resolve;
}

Backend best_backend(const RendererChoice& choice) {
    if (choice.software_only) return software_backend(choice, "asked for");
    if (is_vulkan_off()) return software_backend(choice, "MOESCOPE_VULKAN is off");
    render::VulkanOptions options;
    options.resolve = resolve_of(choice);
    if (const char* validation = std::getenv("MOESCOPE_VULKAN_VALIDATION"); validation != nullptr)
        options.validation = true;
    if (const char* device = std::getenv("MOESCOPE_VULKAN_DEVICE"); device != nullptr)
        options.device_name = device;
    Result<std::unique_ptr<render::Renderer>> vulkan = render::create_vulkan_renderer(options);
    if (!vulkan) return software_backend(choice, vulkan.error().message);
    return {.renderer = std::move(vulkan).value(), .software_reason = {}, .choice = choice};
}

/// Draws one frame; a renderer that fails is replaced by the software renderer for good.
RenderedFrame rendered(Backend& backend, const render::FrameInput& input, render::RgbaImage image) {
    const auto begin = std::chrono::steady_clock::now();
    Result<void> result = backend.renderer->render(input, image);
    if (!result) {
        backend = software_backend(backend.choice, result.error().message);
        result = backend.renderer->render(input, image);
    }
    RenderedFrame frame{.image = std::move(image),
                        .report = backend.renderer->report(),
                        .backend = backend.description(),
                        .error = std::nullopt};
    if (!result) frame.error = result.error().message;
    frame.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return frame;
}

}  // namespace

RenderThread::RenderThread(std::function<void(RenderedFrame)> on_frame)
    : on_frame_(std::move(on_frame)), thread_([this](std::stop_token stop) { loop(stop); }) {}

RenderThread::~RenderThread() = default;  // jthread asks to stop and joins

void RenderThread::draw(render::FrameInput input, render::RgbaImage recycled, const RendererChoice& choice) {
    const std::lock_guard lock(mutex_);
    MOE_CHECK(!job_.has_value());
    job_.emplace(Job{.input = std::move(input), .image = std::move(recycled), .choice = choice});
    job_waits_.notify_one();
}

void RenderThread::loop(std::stop_token stop) {
    std::optional<Backend> backend;  // made on this thread, which it belongs to
    while (!stop.stop_requested()) {
        std::optional<Job> job;
        {
            std::unique_lock lock(mutex_);
            if (!job_waits_.wait(lock, stop, [this] { return job_.has_value(); })) return;
            job.swap(job_);
        }
        if (!backend.has_value() || backend->choice != job->choice) {
            backend.reset();  // one device at a time
            backend = best_backend(job->choice);
        }
        on_frame_(rendered(*backend, job->input, std::move(job->image)));
    }
}

}  // namespace moe::app
