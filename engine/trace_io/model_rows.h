#pragma once

#include <cstdint>
#include <map>

#include "engine/base/result.h"
#include "engine/trace_io/moetrace_writer.h"
#include "engine/trace_io/trace_connection.h"

namespace moe {

/// The models of a file by id, with their layers, checked.
Result<std::map<std::int64_t, TraceModelInfo>> read_models(const TraceConnection& connection);

/// A column of the present row that must be a number in [low, high]; `what` names it in the Error.
Result<std::int64_t> integer_in(const TraceConnection& connection, const SqliteStatement& row, int column,
                                const char* what, std::int64_t low, std::int64_t high);

/// A column of the present row that must be text; NULL is empty.
Result<std::string> text_of(const TraceConnection& connection, const SqliteStatement& row, int column,
                            const char* what);

}  // namespace moe
