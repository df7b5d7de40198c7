#include "app/viewport/assets.h"

#include <cstdlib>
#include <system_error>

namespace moe::app {

std::filesystem::path assets_folder() {
    if (const char* named = std::getenv("MOESCOPE_ASSETS"); named != nullptr && *named != '\0') return named;
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) {
        const std::filesystem::path installed = program.parent_path().parent_path() / "share" / "moescope";
        if (std::filesystem::is_directory(installed, error)) return installed;
    }
    return MOE_SOURCE_ASSETS;
}

Result<std::string> embedded_model_path() {
    const std::filesystem::path path = assets_folder() / "models" / "early-d192-l6.gguf";
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown)) return path.string();
    return make_error(
        "{}: the embedded model is missing; reinstall, set MOESCOPE_ASSETS, or give a model with -m",
        path.string());
}

}  // namespace moe::app
