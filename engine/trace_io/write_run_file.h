#pragma once

#include <filesystem>

#include "engine/base/result.h"
#include "engine/trace_io/run_source.h"

namespace moe {

/// Whether a run can be written under that name: it ends in .npz, .safetensors, .csv or .moetrace.
bool is_run_file_name(const std::filesystem::path& path);

/// Writes a run in the format that the name ends in (FORMATS sections 1 and 5), whole or not at all. The name
/// must be one of is_run_file_name.
Result<void> write_run_file(const std::filesystem::path& path, const RunSource& source);

}  // namespace moe
