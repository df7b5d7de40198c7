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
#include "render/present/swapchain.h"
#include "render/resolve/gpu_resolve.h"

namespace moe::render {

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
    std::unique_ptr<Swapchain> swapchain;  // null until a surface is shown on
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
    if (options.instance == nullptr) {
        MOE_TRY(Instance instance, Instance::create(options.validation));
        renderer->options_.instance = std::make_shared<const Instance>(std::move(instance));
    }
    MOE_TRY(renderer->make_gpu());
    return renderer;
}

Result<void> VulkanRenderer::make_gpu() {
    gpu_.reset();  // and the swapchain with it: a surface has one at a time
    auto gpu = std::make_unique<Gpu>();
    MOE_TRY(gpu->device, Device::create(*options_.instance, options_.device_name));
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
    MOE_TRY(draw(input, {.image = &image}));
    return {};
}

Result<bool> VulkanRenderer::present(const FrameInput& input, VkSurfaceKHR surface) {
    return draw(input, {.surface = surface});
}

Result<bool> VulkanRenderer::draw(const FrameInput& input, const Output& output) {
    if (input.width <= 0 || input.height <= 0) return false;
    if (gpu_ == nullptr) MOE_TRY(make_gpu());  // a loss could not be repaired last time
    Result<bool> drawn = draw_once(input, output);
    if (!drawn && gpu_->device->is_lost()) {
        // Nothing precious lives on the device: make it anew and try once more.
        MOE_TRY(make_gpu());
        drawn = draw_once(input, output);
    }
    if (!drawn) gpu_.reset();  // what was half done is not known: the next frame begins anew
    return drawn;
}

Result<bool> VulkanRenderer::draw_once(const FrameInput& input, const Output& output) {
    Device& device = *gpu_->device;
    if (losses_to_simulate_ > 0) {
        --losses_to_simulate_;
        device.lose_at_next_submit();
    }
    MOE_TRY(gpu_->target.resize(device, gpu_->render_pass.get(), input.width, input.height));
    GpuPanels& panels = gpu_->panels;
    if (panels.context != nullptr) panels.context->routing.use(input.trace);
    const FrameScene& scene = scenes_.build(input, {panels.heatmap.get(), panels.overview.get()});
    bool is_shown = true;
    if (output.image == nullptr) {
        MOE_TRY(is_shown, show(input, scene, output.surface));
    } else {
        VkCommandBuffer commands = VK_NULL_HANDLE;
        MOE_TRY(record_scene(input, scene, commands));
        gpu_->target.read_back(commands);
        MOE_TRY(gpu_->commands.run(device));
        const std::span<const std::byte> pixels = gpu_->target.pixels();
        std::memcpy(output.image->rgba.data(), pixels.data(), output.image->rgba.size());
    }
    report_ = scene.report;
    if (scene.heatmap.image.codes.empty() && panels.heatmap != nullptr)
        report_.shown_codes = panels.heatmap->counts();
    return is_shown;
}

Result<void> VulkanRenderer::record_scene(const FrameInput& input, const FrameScene& scene,
                                          VkCommandBuffer& commands) {
    MOE_TRY(gpu_->prepare(input, scene));
    MOE_TRY(commands, gpu_->commands.begin(*gpu_->device));
    gpu_->record(commands, input);
    return {};
}

// The picture is drawn even where the window does not take it: it may be asked for by read_back.
Result<bool> VulkanRenderer::show(const FrameInput& input, const FrameScene& scene, VkSurfaceKHR surface) {
    Device& device = *gpu_->device;
    std::unique_ptr<Swapchain>& swapchain = gpu_->swapchain;
    if (swapchain == nullptr || swapchain->surface() != surface) {
        swapchain = nullptr;  // one a surface
        MOE_TRY(swapchain, Swapchain::create(device, surface));
    }
    const VkExtent2D size{static_cast<std::uint32_t>(input.width), static_cast<std::uint32_t>(input.height)};
    MOE_TRY(const bool has_image, swapchain->acquire(device, size));
    VkCommandBuffer commands = VK_NULL_HANDLE;
    MOE_TRY(record_scene(input, scene, commands));
    if (has_image) swapchain->record_copy(commands, gpu_->target.image(), input.theme.surface);
    MOE_TRY(gpu_->commands.run(device, has_image ? swapchain->semaphores() : SubmitSemaphores{}));
    if (has_image) MOE_TRY(swapchain->present(device));
    return has_image;
}

Result<void> VulkanRenderer::read_back(RgbaImage& image) {
    image = {};
    if (gpu_ == nullptr || gpu_->target.image().width() == 0) return {};
    MOE_TRY(const VkCommandBuffer commands, gpu_->commands.begin(*gpu_->device));
    gpu_->target.read_back(commands);
    MOE_TRY(gpu_->commands.run(*gpu_->device));
    const std::span<const std::byte> pixels = gpu_->target.pixels();
    image.width = static_cast<int>(gpu_->target.image().width());
    image.height = static_cast<int>(gpu_->target.image().height());
    image.rgba.resize(pixels.size());
    std::memcpy(image.rgba.data(), pixels.data(), pixels.size());
    return {};
}

void VulkanRenderer::release_surface() {
    if (gpu_ != nullptr) gpu_->swapchain = nullptr;
}

bool VulkanRenderer::is_cpu() const { return gpu_ != nullptr && gpu_->device->is_cpu(); }

std::string VulkanRenderer::description() const {
    if (gpu_ == nullptr) return "Vulkan: no device";
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
