#pragma once

#include <filesystem>
#include <string_view>

#include "engine/base/result.h"

namespace moe {

/// Writes a whole file or nothing: to a temporary neighbour that is flushed, then renamed over `path`.
/// A full disk or a crash leaves what was there before. A device or a pipe is written to and stays.
Result<void> atomic_write(const std::filesystem::path& path, std::string_view bytes);

}  // namespace moe
