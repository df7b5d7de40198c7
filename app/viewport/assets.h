#pragma once

#include <filesystem>

namespace moe::app {

/// The folder with fonts, models and samples: the one that MOESCOPE_ASSETS names, else share/moescope
/// beside the program's folder (installed), else the source tree's (built).
std::filesystem::path assets_folder();

}  // namespace moe::app
