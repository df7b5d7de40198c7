#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "engine/base/result.h"
#include "engine/trace/trace_shape.h"

namespace moe {

class SqliteDatabase;

/// Lets `change` write to a trace file: all of it, or nothing where it fails. The file may be one that this
/// process records into. An Error where it cannot be written, is no trace, or where its writer was killed or
/// runs in another process: such a file is left as it is.
Result<void> change_trace(const std::filesystem::path& trace,
                          const std::function<Result<void>(const SqliteDatabase&)>& change);

/// Another name for a run of the file; an Error where it has no such run, else as change_trace.
Result<void> write_run_name(const std::filesystem::path& trace, RunId run, std::string_view name);

}  // namespace moe
