#include "app/viewport/presenter_choice.h"

#include <cstdlib>
#include <string_view>

namespace moe::app {

bool wants_swapchain(PresenterChoice choice, const char* platform, bool is_cpu_device) {
    const char* setting = std::getenv("MOESCOPE_PRESENTER");
    const std::string_view wanted = setting != nullptr ? setting : "";
    if (wanted == "readback") return false;
    if (wanted == "swapchain" || choice == PresenterChoice::Swapchain) return true;
    return choice == PresenterChoice::Automatic && std::string_view(platform) == "xcb" && !is_cpu_device;
}

}  // namespace moe::app
