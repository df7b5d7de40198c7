#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace_io/moetrace_reader.h"
#include "engine/trace_io/moetrace_schema.h"
#include "engine/trace_io/trace_connection.h"

namespace moe {

/// How a column's values are stored.
enum class ValueType { U8, U16, F16, F32 };
std::size_t size_of(ValueType type);

/// A trace column of a run, checked: its chunks follow each other from the run's first own position to
/// the run's `routed_end`, and their blobs have the size that `width` asks for.
struct IndexedColumn {
    std::int64_t id = 0;
    ColumnKind kind = ColumnKind::Experts;
    ValueType type = ValueType::F32;
    std::size_t width = 0;  ///< values of a token and layer; 0: no chunk says it
    std::size_t end = 0;    ///< position behind the last chunk
};

/// A run's own part, without what it inherits.
struct IndexedRun {
    TraceRunSummary summary;             ///< complete after `index_runs`
    std::size_t first = 0;               ///< position at which its own part begins
    std::size_t tokens_end = 0;          ///< position behind its last token row; `first` if there is none
    std::size_t routed_end = 0;          ///< position behind its last chunk; `first` if there is none
    std::vector<IndexedColumn> columns;  ///< the known ones
    std::set<std::string> column_names;  ///< all of them
    std::size_t depth = 0;               ///< number of ancestors
};

/// The runs of a file by id. Everything that the file claims about them is checked, except for the
/// content of blobs and token rows.
using TraceIndex = std::map<RunId, IndexedRun>;
Result<TraceIndex> index_runs(const TraceConnection& connection);

/// A stretch of a run that one run of its chain of ancestors owns.
struct RunSegment {
    const IndexedRun* owner = nullptr;
    std::size_t first = 0;
    std::size_t tokens_end = 0;
    std::size_t routed_end = 0;
};
/// From the oldest ancestor to the run itself, without gaps.
std::vector<RunSegment> segments_of(const TraceIndex& index, RunId run);

/// The columns that every routed part of the run has; the experts first.
std::vector<ColumnKind> columns_of(const std::vector<RunSegment>& segments);

}  // namespace moe
