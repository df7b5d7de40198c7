#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/trace_shape.h"
#include "engine/trace_io/moetrace_reader.h"

namespace moe {

/// A note that somebody wrote beside a token, a row of the table `mark` (FORMATS section 1).
struct TraceMark {
    RunId run = 0;
    std::size_t position = 0;
    std::optional<std::size_t> layer;   ///< on the trace's layer axis; nothing: about the token as such
    std::optional<std::size_t> expert;  ///< only with a layer
    std::string text;                   ///< UTF-8 as it was typed
    bool operator==(const TraceMark&) const = default;
};

/// All marks of a trace file, by run and position, then in the order in which they were written. Rows that
/// make no sense (no run, a negative number) are passed over; a file of an older program without the table
/// has none.
Result<std::vector<TraceMark>> read_marks(const std::filesystem::path& trace);

/// Those of a run, with what it inherits: a branch has its parent's marks before its fork. By position.
std::vector<TraceMark> marks_of_run(std::span<const TraceMark> marks, const std::vector<TraceRunSummary>& runs,
                                    RunId run);

/// Puts `marks` in place of all marks that the file has, or changes nothing; see change_trace.
Result<void> write_marks(const std::filesystem::path& trace, std::span<const TraceMark> marks);

}  // namespace moe
