#pragma once

#include <filesystem>

#include "engine/base/result.h"
#include "engine/trace_io/run_source.h"

namespace moe {

/// Writes a `*.moetrace` with that one run, whole or not at all; it replaces what stands under the name.
Result<void> write_moetrace(const std::filesystem::path& path, const RunSource& source);

}  // namespace moe
