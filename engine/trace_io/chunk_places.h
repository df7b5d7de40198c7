#pragma once

#include "engine/base/result.h"
#include "engine/trace_io/trace_connection.h"
#include "engine/trace_io/trace_index.h"

namespace moe {

/// Gives the runs their trace columns and says how far each reaches. Checks names, types, the places of
/// chunks and the sizes of their blobs, without reading them.
Result<void> index_columns(const TraceConnection& connection, TraceIndex& index);

}  // namespace moe
