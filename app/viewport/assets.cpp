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

}  // namespace moe::app
