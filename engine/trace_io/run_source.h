#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/trace_store.h"
#include "engine/trace_io/moetrace_reader.h"
#include "engine/trace_io/moetrace_schema.h"
#include "engine/trace_io/moetrace_writer.h"

namespace moe {

/// A run, or a part of one, that can be read window by window as often as needed: what is written to
/// another file comes from here.
struct RunSource {
    TraceModelInfo model;  ///< its shape's widths are the run's own
    TraceRunInfo info;     ///< without a parent: what it inherited is its own
    RunStatus status = RunStatus::Complete;
    bool is_ranked = true;
    std::size_t first = 0;  ///< position in the run from which the part was taken
    std::size_t n_tokens = 0;
    std::size_t n_routed = 0;
    std::vector<ColumnKind> columns;  ///< that it has beside the experts

    using Visit = std::function<Result<void>(const std::vector<ColumnKind>&, const WindowVisitor&)>;
    Visit visit;  ///< reads the experts and the columns named; positions count from `first`
};

/// A run in memory. Model and run are for the caller to fill in; the shape is the trace's.
RunSource source_of(const TraceSnapshot& trace);

/// Positions [first, end) of a run in a file. The reader must outlive the source; `end` is at most the
/// run's n_tokens.
Result<RunSource> source_of(const MoetraceReader& reader, const TraceRunSummary& run, std::size_t first,
                            std::size_t end);

}  // namespace moe
