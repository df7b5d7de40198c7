#include "app/viewport/render_thread.h"

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/base/check.h"
#include "render/gpu/instance.h"

namespace moe::app {
namespace {

constexpr std::size_t kValuesAhead = 1'000'000;

struct Backend {
    std::unique_ptr<render::Renderer> renderer;
    render::VulkanRenderer* vulkan;  // the same; null: the software renderer
    std::string software_reason;     // why it is the software renderer; empty: it is not
    RendererChoice choice;

    std::string description() const {
        return software_reason.empty() ? renderer->description() : "Software: " + software_reason;
    }
};

Backend software_backend(const RendererChoice& choice, const std::string& reason) {
    return {.renderer = render::create_software_renderer(),
            .vulkan = nullptr,
            .software_reason = reason,
            .choice = choice};
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

// `instance` is made once: surfaces belong to it, whatever becomes of renderers.
Backend best_backend(const RendererChoice& choice, std::shared_ptr<const render::Instance>& instance) {
    if (choice.software_only) return software_backend(choice, "asked for");
    if (is_vulkan_off()) return software_backend(choice, "MOESCOPE_VULKAN is off");
    if (instance == nullptr) {
        const bool validates = std::getenv("MOESCOPE_VULKAN_VALIDATION") != nullptr;
        Result<render::Instance> made = render::Instance::create(validates);
        if (!made) return software_backend(choice, made.error().message);
        instance = std::make_shared<const render::Instance>(std::move(*made));
    }
    render::VulkanOptions options{.instance = instance, .device_name = {}, .resolve = resolve_of(choice)};
    if (const char* device = std::getenv("MOESCOPE_VULKAN_DEVICE"); device != nullptr)
        options.device_name = device;
    Result<std::unique_ptr<render::VulkanRenderer>> made = render::VulkanRenderer::create(options);
    if (!made) return software_backend(choice, made.error().message);
    render::VulkanRenderer* vulkan = made.value().get();
    return {.renderer = std::move(made).value(), .vulkan = vulkan, .software_reason = {}, .choice = choice};
}

// Shows the picture on the surface, or says why it cannot be.
void present(Backend& backend, const render::FrameInput& input, VkSurfaceKHR surface, RenderedFrame& frame) {
    if (backend.vulkan == nullptr || surface == VK_NULL_HANDLE) return;
    const Result<bool> shown = backend.vulkan->present(input, surface);
    frame.is_presented = shown.has_value();
    frame.is_missed = shown.has_value() && !*shown;
    if (shown) return;
    frame.surface_failure = shown.error().message;
    backend.vulkan->release_surface();
}

/// Draws one frame. What cannot be shown on the surface is copied out; a renderer that fails is replaced by
/// the software renderer for good.
RenderedFrame rendered(Backend& backend, const render::FrameInput& input, render::RgbaImage image,
                       VkSurfaceKHR surface) {
    const auto begin = std::chrono::steady_clock::now();
    RenderedFrame frame;
    present(backend, input, surface, frame);
    Result<void> result;
    if (!frame.is_presented) {
        result = backend.renderer->render(input, image);
        if (!result) {
            backend = software_backend(backend.choice, result.error().message);
            result = backend.renderer->render(input, image);
        }
        frame.image = std::move(image);
    }
    frame.report = backend.renderer->report();
    frame.backend = backend.description();
    frame.is_cpu_device = backend.vulkan != nullptr && backend.vulkan->is_cpu();
    if (!result) frame.error = result.error().message;
    frame.milliseconds =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return frame;
}

}  // namespace

RenderThread::RenderThread(std::function<void(RenderedFrame)> on_frame)
    : on_frame_(std::move(on_frame)), thread_([this](std::stop_token stop) { loop(stop); }) {}

RenderThread::~RenderThread() = default;  // jthread asks to stop and joins

void RenderThread::draw(render::FrameInput input, render::RgbaImage recycled, const RendererChoice& choice,
                        VkSurfaceKHR surface) {
    const std::lock_guard lock(mutex_);
    MOE_CHECK(!job_.has_value());
    job_.emplace(
        Job{.input = std::move(input), .image = std::move(recycled), .choice = choice, .surface = surface});
    job_waits_.notify_one();
}

// Between frames it does what was asked for, and works ahead, a few milliseconds at a time so that no frame
// waits for it.
std::optional<RenderThread::Job> RenderThread::next_job(std::stop_token stop, render::Renderer* renderer,
                                                        render::VulkanRenderer* vulkan) {
    bool is_done = renderer == nullptr;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            const auto has_work = [this] { return job_.has_value() || call_ != nullptr; };
            if (is_done && !job_waits_.wait(lock, stop, has_work)) return std::nullopt;
            if (stop.stop_requested()) return std::nullopt;
            if (call_ != nullptr) {  // before the next frame: its surface may be going
                call_->work(vulkan);
                call_->is_done = true;
                call_ = nullptr;
                call_is_done_.notify_one();
                continue;
            }
            if (job_.has_value()) return std::exchange(job_, std::nullopt);
        }
        is_done = renderer->work_ahead(kValuesAhead);
    }
}

void RenderThread::release_surface() {
    {
        const std::lock_guard lock(mutex_);
        if (job_.has_value()) job_->surface = VK_NULL_HANDLE;  // not begun yet: it is copied out
    }
    call([](render::VulkanRenderer* vulkan) {
        if (vulkan != nullptr) vulkan->release_surface();
    });
}

void RenderThread::call(const std::function<void(render::VulkanRenderer*)>& work) {
    std::unique_lock lock(mutex_);
    Call call{.work = work};
    call_ = &call;
    job_waits_.notify_one();
    call_is_done_.wait(lock, [&call] { return call.is_done; });
}

void RenderThread::loop(std::stop_token stop) {
    std::shared_ptr<const render::Instance> instance;
    std::optional<Backend> backend;  // made on this thread, which it belongs to
    const auto renderer = [&backend] { return backend.has_value() ? backend->renderer.get() : nullptr; };
    const auto vulkan = [&backend] { return backend.has_value() ? backend->vulkan : nullptr; };
    while (std::optional<Job> job = next_job(stop, renderer(), vulkan())) {
        if (!backend.has_value() || backend->choice != job->choice) {
            backend.reset();  // one device at a time
            backend = best_backend(job->choice, instance);
        }
        RenderedFrame frame = rendered(*backend, job->input, std::move(job->image), job->surface);
        if (backend->vulkan != nullptr) frame.instance = instance;
        on_frame_(std::move(frame));
    }
}

}  // namespace moe::app
