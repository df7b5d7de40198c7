#include "engine/trace_io/change_trace.h"

#include <cstdint>
#include <string>
#include <system_error>

#include "engine/trace_io/trace_connection.h"
#include "engine/trace_io/trace_file.h"

namespace moe {
namespace {

constexpr std::int64_t kLongestRowBytes = std::int64_t{1} << 24;
constexpr std::int64_t kMostSteps = 1'000'000'000;

bool was_left_open(const std::filesystem::path& trace) {
    std::error_code missing;
    const std::uintmax_t size = std::filesystem::file_size(log_path(trace), missing);
    return !missing && size > 0 && !is_being_written_here(trace);
}

}  // namespace

Result<void> change_trace(const std::filesystem::path& trace,
                          const std::function<Result<void>(const SqliteDatabase&)>& change) {
    if (was_left_open(trace)) {
        return make_error("{}: is still being written, or its writer was killed; convert it to a new file first",
                          trace.string());
    }
    {
        MOE_TRY(const TraceConnection is_a_trace, TraceConnection::open(trace));
    }
    MOE_TRY(SqliteDatabase database, SqliteDatabase::open(trace, SqliteDatabase::Mode::Create));
    MOE_TRY(database.distrust(kLongestRowBytes, kMostSteps));  // nothing in the file's schema runs
    MOE_TRY(database.execute("BEGIN IMMEDIATE"));
    if (const Result<void> changed = change(database); !changed) {
        (void)database.execute("ROLLBACK");
        return changed;
    }
    return database.execute("COMMIT");
}

Result<void> write_run_name(const std::filesystem::path& trace, RunId run, std::string_view name) {
    return change_trace(trace, [&](const SqliteDatabase& database) -> Result<void> {
        MOE_TRY(SqliteStatement update, database.prepare("UPDATE run SET name = ? WHERE id = ?"));
        MOE_TRY(update.bind_text(1, name).bind(2, run).run());
        MOE_TRY(const std::int64_t n_changed, database.integer("SELECT changes()"));
        if (n_changed != 1) return make_error("{}: has no run {}", trace.string(), run);
        return {};
    });
}

}  // namespace moe
