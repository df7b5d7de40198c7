#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>

#include "engine/base/result.h"
#include "engine/trace_io/moetrace_writer.h"
#include "engine/trace_io/sqlite_database.h"

namespace moe {

/// SQLite's companions of a file that is being written: its log and the index of that.
std::filesystem::path log_path(const std::filesystem::path& trace);
std::filesystem::path log_index_path(const std::filesystem::path& trace);

/// An Error where what stands under the name is no file that a trace could replace.
Result<void> check_trace_place(const std::filesystem::path& path);

/// Makes a trace file with its model and without runs, ready for recording. A file that stood there is
/// replaced only when the new one is complete.
Result<SqliteDatabase> create_trace_file(const std::filesystem::path& path, const TraceModelInfo& model);

/// While it lives, `is_being_written_here` is true for the file.
class WrittenHere {
  public:
    explicit WrittenHere(const std::filesystem::path& trace);
    ~WrittenHere();
    WrittenHere(const WrittenHere&) = delete;
    WrittenHere& operator=(const WrittenHere&) = delete;

  private:
    std::pair<std::uint64_t, std::uint64_t> file_;  // device and inode
};

/// Whether this process records into the file, by whatever name. Does not open it.
bool is_being_written_here(const std::filesystem::path& path);

/// After the last transaction: leaves one plain file.
Result<void> finish_trace_file(const SqliteDatabase& database);

}  // namespace moe
