#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace_io/moetrace_schema.h"
#include "engine/trace_io/moetrace_writer.h"
#include "engine/trace_io/sqlite_database.h"

namespace moe {

/// Turns what a recording appends into rows of the file. Used by one thread; the caller opens and commits
/// the transactions.
///
/// Routing is kept as one blob a column for the chunk that is still open; `write_open` replaces its rows.
/// A token row waits until routing covers it, except for one token at the end, so that what a transaction
/// leaves behind keeps the promise of FORMATS section 1.
class RowWriter {
  public:
    static Result<RowWriter> create(const SqliteDatabase& database, const TraceModelInfo& model,
                                    const RecordColumns& columns);

    Result<void> begin_run(RunId run, const TraceRunInfo& info);
    void append_tokens(RunId run, std::size_t first_position, std::span<const TokenRecord> tokens);
    Result<void> append_chunk(RunId run, const TraceChunk& chunk);
    Result<void> set_status(RunId run, RunStatus status, const std::string& note);
    Result<void> set_name(RunId run, const std::string& name);

    /// Writes the chunks that are still open and the token rows that may be read now.
    Result<void> write_open();

  private:
    struct Column {
        ColumnKind kind = ColumnKind::Experts;
        std::int64_t id = 0;          ///< of its trace_column row
        std::vector<std::byte> open;  ///< the open chunk's tokens
    };
    struct Run {
        RunId id = 0;
        Run* parent = nullptr;
        std::size_t fork_pos = 0;          ///< 0 without a parent
        std::vector<TokenRecord> waiting;  ///< tokens without a row, the last ones
        std::size_t rows_end = 0;          ///< position behind the last token row
        std::size_t routed_end = 0;        ///< position behind its own routing; fork_pos if there is none
        std::size_t open_first = 0;        ///< position at which the open chunk starts
        bool is_open_written = true;
        std::vector<Column> columns;  ///< empty before the first chunk

        /// Positions [0, n) that have routing, inherited ones included.
        std::size_t n_routed() const;
    };

    RowWriter() = default;
    Result<void> prepare(const SqliteDatabase& database);
    Run& run_of(RunId run);
    Result<void> append_own(Run& run, const TraceChunk& chunk);
    Result<void> add_columns(Run& run, const TraceChunk& chunk);
    Result<void> write_chunk_rows(Run& run);
    Result<void> write_token_rows(Run& run);
    void append_bytes(Column& column, const TraceChunk& chunk, std::size_t first, std::size_t count) const;
    bool is_recorded(ColumnKind kind, const TraceChunk& chunk) const;
    const char* column_dtype(ColumnKind kind) const;

    TraceShape shape_;
    TraceGating gating_ = TraceGating::Softmax;
    RecordColumns wanted_;
    std::map<RunId, std::unique_ptr<Run>> runs_;
    const SqliteDatabase* database_ = nullptr;
    SqliteStatement insert_run_;
    SqliteStatement insert_token_;
    SqliteStatement insert_column_;
    SqliteStatement put_chunk_;
    SqliteStatement set_status_;
    SqliteStatement set_name_;
};

}  // namespace moe
