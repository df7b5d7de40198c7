#include "render/vulkan_renderer.h"

#include <algorithm>
#include <cstring>

#include "render/gpu/command_buffer.h"
#include "render/gpu/offscreen_target.h"
#include "render/gpu/render_pass.h"
#include "render/passes/heatmap_pass.h"
#include "render/passes/marks_pass.h"
#include "render/passes/overlay_pass.h"
#include "render/passes/strips_pass.h"
#include "render/resolve/gpu_resolve.h"

namespace moe::render {

struct VulkanRenderer::Loader {
    Instance instance;
};

// Codes made in a compute shader; all null where the processor makes them.
struct GpuPanels {
    std::unique_ptr<GpuResolveContext> context;
    std::unique_ptr<GpuResolve> heatmap;
    std::unique_ptr<GpuResolve> overview;

    static Result<GpuPanels> create(Device& device) {
        GpuPanels panels;
        MOE_TRY(panels.context, GpuResolveContext::create(device, GpuRouting::limits_of(device)));
        MOE_TRY(panels.heatmap, GpuResolve::create(*panels.context, "heatmap codes"));
        MOE_TRY(panels.overview, GpuResolve::create(*panels.context, "overview codes"));
        return panels;
    }
    void record(VkCommandBuffer commands) {
        if (context == nullptr) return;
        context->routing.uploads().record(commands);
        heatmap->record_dispatch(commands);
        overview->record_dispatch(commands);
    }
    Result<void> stage(Device& device) {
        if (context == nullptr) return {};
        return context->routing.uploads().stage(device);
    }
};

// Declared in the order of making; the device goes last.
struct VulkanRenderer::Gpu {
    std::unique_ptr<Device> device;
    CommandBuffer commands;
    RenderPassHandle render_pass;
    OffscreenTarget target;
    GpuPanels panels;
    std::string panels_complaint;  // why there are none although they were wanted
    MarksPass marks;
    HeatmapPass heatmap;
    StripsPass strips;
    OverlayPass overlay;

    Result<void> prepare(const FrameInput& input, const FrameScene& scene) {
        MOE_TRY(panels.stage(*device));
        MOE_TRY(marks.prepare(*device, scene.below, scene.above));
        MOE_TRY(heatmap.prepare(*device, scene));
        MOE_TRY(strips.prepare(*device, input.label_strips));
        return overlay.prepare(*device, input.overlay);
    }

    void record(VkCommandBuffer buffer, const FrameInput& input) {
        panels.record(buffer);
        const bool has_panels = panels.context != nullptr;
        heatmap.record_uploads(buffer, has_panels ? panels.heatmap->codes() : GpuResolve::Codes{},
                               has_panels ? panels.overview->codes() : GpuResolve::Codes{});
        strips.record_uploads(buffer);
        overlay.record_uploads(buffer);
        const ViewportConstants constants{.rect = {}, .width = input.width, .height = input.height};
        target.begin(buffer, render_pass.get(), input.theme.surface);
        marks.draw_below(buffer, constants);
        heatmap.draw(buffer, constants);
        marks.draw_above(buffer, constants);
        strips.draw(buffer, constants);
        overlay.draw(buffer, constants);
        target.end(buffer);
    }
};

VulkanRenderer::VulkanRenderer() = default;
VulkanRenderer::~VulkanRenderer() = default;

Result<std::unique_ptr<VulkanRenderer>> VulkanRenderer::create(const VulkanOptions& options) {
    std::unique_ptr<VulkanRenderer> renderer(new VulkanRenderer);
    renderer->options_ = options;
    renderer->loader_ = std::make_unique<Loader>();
    MOE_TRY(renderer->loader_->instance, Instance::create(options.validation));
    MOE_TRY(renderer->make_gpu());
    return renderer;
}

Result<void> VulkanRenderer::make_gpu() {
    gpu_.reset();
    auto gpu = std::make_unique<Gpu>();
    MOE_TRY(gpu->device, Device::create(loader_->instance, options_.device_name));
    Device& device = *gpu->device;
    MOE_TRY(gpu->commands, CommandBuffer::create(device));
    MOE_TRY(gpu->render_pass, create_render_pass(device));
    const VkRenderPass render_pass = gpu->render_pass.get();
    MOE_TRY(gpu->marks, MarksPass::create(device, render_pass));
    MOE_TRY(gpu->heatmap, HeatmapPass::create(device, render_pass));
    MOE_TRY(gpu->strips, StripsPass::create(device, render_pass));
    MOE_TRY(gpu->overlay, OverlayPass::create(device, render_pass));
    const bool is_automatic = options_.resolve == ResolveOn::Automatic;
    if (options_.resolve == ResolveOn::Gpu || (is_automatic && !device.is_cpu())) {
        Result<GpuPanels> panels = GpuPanels::create(device);
        if (panels) gpu->panels = std::move(*panels);
        if (!panels) gpu->panels_complaint = panels.error().message;
    }
    gpu_ = std::move(gpu);
    return {};
}

Result<void> VulkanRenderer::render(const FrameInput& input, RgbaImage& image) {
    image.width = std::max(0, input.width);
    image.height = std::max(0, input.height);
    image.rgba.resize(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 4);
    if (image.rgba.empty()) return {};
    if (gpu_ == nullptr) MOE_TRY(make_gpu());  // a loss could not be repaired last time
    Result<void> drawn = render_once(input, image);
    if (drawn.has_value() || !gpu_->device->is_lost()) return drawn;
    // Nothing precious lives on the device: make it anew and try once more.
    MOE_TRY(make_gpu());
    drawn = render_once(input, image);
    if (!drawn.has_value() && gpu_->device->is_lost()) gpu_.reset();
    return drawn;
}

Result<void> VulkanRenderer::render_once(const FrameInput& input, RgbaImage& image) {
    Device& device = *gpu_->device;
    MOE_TRY(gpu_->target.resize(device, gpu_->render_pass.get(), input.width, input.height));
    GpuPanels& panels = gpu_->panels;
    if (panels.context != nullptr) panels.context->routing.use(input.trace);
    const FrameScene& scene = scenes_.build(input, {panels.heatmap.get(), panels.overview.get()});
    if (losses_to_simulate_ > 0) {
        --losses_to_simulate_;
        device.lose_at_next_submit();
    }
    MOE_TRY(gpu_->prepare(input, scene));
    MOE_TRY(const VkCommandBuffer commands, gpu_->commands.begin(device));
    gpu_->record(commands, input);
    MOE_TRY(gpu_->commands.run(device));
    const std::span<const std::byte> pixels = gpu_->target.pixels();
    std::memcpy(image.rgba.data(), pixels.data(), image.rgba.size());
    report_ = scene.report;
    if (scene.heatmap.image.codes.empty() && panels.heatmap != nullptr)
        report_.shown_codes = panels.heatmap->counts();
    return {};
}

std::string VulkanRenderer::description() const {
    if (gpu_ == nullptr) return "Vulkan: device lost";
    const std::string& name = gpu_->device->name();
    const std::string short_name = name.substr(0, name.find(" ("));  // without the driver's build
    return fmt::format("Vulkan: {}, {}", short_name, resolve_description());
}

std::string VulkanRenderer::resolve_description() const {
    const GpuPanels& panels = gpu_->panels;
    const std::string& complaint =
        panels.heatmap != nullptr ? panels.heatmap->complaint() : gpu_->panels_complaint;
    if (!complaint.empty()) return "CPU resolve: " + complaint;
    return panels.heatmap != nullptr ? "GPU resolve" : "CPU resolve";
}

void VulkanRenderer::lose_device(int count) { losses_to_simulate_ = count; }

Result<std::unique_ptr<Renderer>> create_vulkan_renderer(const VulkanOptions& options) {
    MOE_TRY(std::unique_ptr<VulkanRenderer> renderer, VulkanRenderer::create(options));
    return std::unique_ptr<Renderer>(std::move(renderer));
}

std::size_t n_validation_messages() { return Instance::n_messages(); }

}  // namespace moe::render
