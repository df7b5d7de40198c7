#pragma once

#include <memory>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/trace_store.h"
#include "engine/trace_io/moetrace_reader.h"
#include "engine/trace_io/trace_connection.h"
#include "engine/trace_io/trace_index.h"

namespace moe {

/// Reads a whole run with its inherited part into memory; see MoetraceReader::read_run. A column that only a
/// part of the run has is absent.
Result<std::shared_ptr<const TraceStore>> load_run(const TraceConnection& connection,
                                                   const std::shared_ptr<const TraceIndex>& index, RunId run,
                                                   const RunReading& reading);

/// Reads a part of a run window by window; see MoetraceReader::visit_run.
Result<void> visit_run(const TraceConnection& connection, const TraceIndex& index, RunId run,
                       const RunPart& part, const WindowVisitor& visit);

/// The routing of tokens [first, end) of a run, all routed: the columns of `kinds`, which it has.
Result<TraceChunk> read_routing(const TraceConnection& connection, const TraceIndex& index, RunId run,
                                std::size_t first, std::size_t end, const std::vector<ColumnKind>& kinds);

}  // namespace moe
