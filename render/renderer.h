#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "render/frame_input.h"
#include "render/frame_report.h"

namespace moe::render {

/// Turns a frame input into pixels. Belongs to the thread that made it. Both kinds draw the same picture:
/// the values under the heatmap's pixels are equal, blended edges differ by rounding at most.
class Renderer {
  public:
    virtual ~Renderer() = default;

    /// Draws into `image`, which is resized to the input's size; opaque. An Error of a lost device is
    /// followed by one attempt to make everything anew; only if that fails it is returned.
    virtual Result<void> render(const FrameInput& input, RgbaImage& image) = 0;

    /// Sums up values of the trace drawn last, at most so many, that no picture asked for yet, so that none
    /// has to wait for them. True when nothing is left.
    virtual bool work_ahead(std::size_t most_values) = 0;

    virtual const FrameReport& report() const = 0;  ///< of the last picture

    /// For the status bar, of the last picture: "Vulkan: llvmpipe, CPU resolve", "Software".
    virtual std::string description() const = 0;
};

/// Where a picture's codes are made.
enum class ResolveOn {
    Automatic,  ///< on the GPU where there is one, on the processor where the device is a software driver
    Cpu,
    Gpu,  ///< on the device, whatever it is
};

class Instance;

struct VulkanOptions {
    std::shared_ptr<const Instance> instance =
        {};                   ///< what surfaces were made with; null: the renderer makes its own
    bool validation = false;  ///< of its own: load the Khronos validation layer where it is installed
    std::string device_name;  ///< part of a device's name; empty takes the best by score
    ResolveOn resolve = ResolveOn::Automatic;
};

/// Draws on a Vulkan device. Fails with the reason where there is none.
Result<std::unique_ptr<Renderer>> create_vulkan_renderer(const VulkanOptions& options);

/// Draws on the calling thread, without any Vulkan.
std::unique_ptr<Renderer> create_software_renderer();

/// Validation messages of severity warning or above since the program began (tests ask for 0).
std::size_t n_validation_messages();

}  // namespace moe::render
