#pragma once

#include <filesystem>

#include "app/docks/run_view.h"
#include "engine/base/result.h"

namespace moe::app {

/// Writes the recorded columns of tokens [range.first, range.end) of a run, in the format that the name ends
/// in (FORMATS section 5). Not for the GUI thread.
Result<void> export_numbers(const std::filesystem::path& path, const TraceSnapshot& trace,
                            const TokenRange& range);

}  // namespace moe::app
