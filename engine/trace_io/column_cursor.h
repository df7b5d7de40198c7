#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace_io/trace_connection.h"
#include "engine/trace_io/trace_index.h"

namespace moe {

/// Reads a trace column from a position on, whatever way it was cut into chunks. The index has checked the
/// places and sizes in the same transaction; here the values are checked.
class ColumnCursor {
  public:
    /// The first token read is at `first`, a position of the run's own.
    static Result<ColumnCursor> open(const TraceConnection& connection, const IndexedRun& run,
                                     const IndexedColumn& column, std::size_t first);

    ColumnKind kind() const { return column_->kind; }

    /// Appends the next `count` tokens. A narrower file is widened to `width` slots: unused ones.
    Result<void> read_experts(std::size_t count, std::size_t width, std::vector<std::uint16_t>& out);
    Result<void> read_floats(std::size_t count, std::size_t width, std::vector<float>& out);

  private:
    ColumnCursor(const TraceConnection& connection, const IndexedRun& run, const IndexedColumn& column,
                 std::size_t first)
        : connection_(&connection), run_(&run), column_(&column), first_(first) {}
    Result<std::span<const std::byte>> next_cells(std::size_t n_cells);
    Result<void> next_chunk();

    const TraceConnection* connection_;
    const IndexedRun* run_;
    const IndexedColumn* column_;
    std::size_t first_;  ///< position of the next token that was not skipped yet
    SqliteStatement rows_;
    std::span<const std::byte> rest_;  ///< of the present chunk's blob; SQLite's memory
};

}  // namespace moe
