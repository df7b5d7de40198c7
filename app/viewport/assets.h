#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"

namespace moe::app {

/// The folder with fonts, models and samples: the one that MOESCOPE_ASSETS names, else share/moescope
/// beside the program's folder (installed), else the source tree's (built).
std::filesystem::path assets_folder();

/// The model that opens when nothing else is asked for; an Error when the assets are not where they belong.
Result<std::string> embedded_model_path();

}  // namespace moe::app
