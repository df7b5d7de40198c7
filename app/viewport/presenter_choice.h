#pragma once

namespace moe::app {

/// How pictures come to the screen, as far as it can be chosen. MOESCOPE_PRESENTER (readback, swapchain) in
/// the environment wins.
enum class PresenterChoice {
    Automatic,  ///< a swapchain for a GPU under X11, else read-back
    ReadBack,
    Swapchain,
};

/// What to do on a platform ("xcb", "wayland" …) with a device. A swapchain asked for may still fail.
bool wants_swapchain(PresenterChoice choice, const char* platform, bool is_cpu_device);

}  // namespace moe::app
