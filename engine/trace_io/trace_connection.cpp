#include "engine/trace_io/trace_connection.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "engine/trace_io/moetrace_schema.h"
#include "engine/trace_io/trace_file.h"

namespace moe {
namespace {

constexpr std::int64_t kLongestValueBytes = std::int64_t{1} << 30;
/// Steps of SQLite's machine for one reading: a row of a real file takes a few dozen steps and has a few
/// dozen bytes.
constexpr std::int64_t kLeastSteps = 20'000'000;
constexpr std::int64_t kStepsPerByte = 4;

struct Table {
    const char* name;
    std::vector<const char*> columns;
};

const std::vector<Table>& tables_that_are_read() {
    static const std::vector<Table> tables = {
        {"meta", {"key", "value"}},
        {"model",
         {"id", "name", "family", "config_json", "file_bytes", "fingerprint", "n_moe_layers", "n_experts",
          "top_k", "n_shared", "gating"}},
        {"layer", {"model", "idx", "model_layer"}},
        {"run",
         {"id", "model", "parent", "fork_pos", "name", "prompt", "params_json", "build_json", "started_ns",
          "status", "note"}},
        {"token", {"run", "pos", "token_id", "bytes", "phase", "t_ns", "logprob"}},
        {"trace_column", {"id", "run", "name", "dtype", "dims", "note"}},
        {"chunk", {"id", "run", "trace_column", "pos0", "n", "codec", "data"}},
    };
    return tables;
}

std::int64_t bytes_of_file(const std::filesystem::path& path) {
    std::error_code missing;
    const std::uintmax_t size = std::filesystem::file_size(path, missing);
    return missing ? 0 : static_cast<std::int64_t>(size);
}

}  // namespace

Result<std::shared_ptr<TraceConnection::TemporaryCopy>> TraceConnection::TemporaryCopy::of(
    const std::filesystem::path& trace) {
    std::error_code reason;
    std::string pattern = (std::filesystem::temp_directory_path(reason) / "moescope-trace-XXXXXX").string();
    if (!reason && ::mkdtemp(pattern.data()) != nullptr) {
        auto copy = std::shared_ptr<TemporaryCopy>(new TemporaryCopy(pattern));
        std::filesystem::copy_file(trace, copy->file(), reason);
        if (!reason) std::filesystem::copy_file(log_path(trace), log_path(copy->file()), reason);
        if (!reason) return copy;
    }
    return make_error(
        "{}: cannot be read where it is, nor copied: {}; copy it and its -wal file to a folder "
        "that can be written",
        trace.string(), reason ? reason.message() : "no temporary folder");
}

TraceConnection::TemporaryCopy::~TemporaryCopy() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

// SQLite needs a writable folder to read a file that its writer left open. Where there is none, a file
// without a log is read alone, and one with a log is copied: the newest tokens are in the log.
Result<TraceConnection> TraceConnection::open(const std::filesystem::path& path) {
    std::error_code unknown;
    if (!std::filesystem::exists(path, unknown)) {
        return make_error("{}: does not exist; check the name", path.string());
    }
    if (!std::filesystem::is_regular_file(path, unknown)) {
        return make_error("{}: is not a file; choose a *.moetrace file", path.string());
    }
    MOE_TRY(SqliteDatabase probe, SqliteDatabase::open(path, SqliteDatabase::Mode::ReadOnly));
    const bool is_readable = probe.integer("PRAGMA schema_version").has_value() || !probe.lacks_access();
    if (is_readable) return open({.file = path, .name = path, .mode = SqliteDatabase::Mode::ReadOnly});
    if (bytes_of_file(log_path(path)) == 0)
        return open({.file = path, .name = path, .mode = SqliteDatabase::Mode::Immutable});

    MOE_TRY(std::shared_ptr<TemporaryCopy> copy, TemporaryCopy::of(path));
    const std::filesystem::path file = copy->file();
    return open(
        {.file = file, .name = path, .mode = SqliteDatabase::Mode::ReadOnly, .copy = std::move(copy)});
}

Result<TraceConnection> TraceConnection::open(const Place& place) {
    const std::int64_t file_bytes = bytes_of_file(place.file) + bytes_of_file(log_path(place.file));
    MOE_TRY(SqliteDatabase database, SqliteDatabase::open(place.file, place.mode));
    MOE_TRY(database.distrust(std::min(file_bytes + 1'000, kLongestValueBytes),
                              kLeastSteps + kStepsPerByte * file_bytes));
    TraceConnection connection(place, std::move(database), file_bytes);
    MOE_TRY(connection.database_.execute("BEGIN"));
    MOE_TRY(connection.check_kind());
    MOE_TRY(connection.check_tables());
    return connection;
}

Result<void> TraceConnection::check_kind() const {
    MOE_TRY(const std::int64_t application_id, database_.integer("PRAGMA application_id"));
    if (application_id != kMoetraceApplicationId) {
        return make_error("{}: is a database, but not a trace; choose a *.moetrace file",
                          place_.name.string());
    }
    MOE_TRY(const std::int64_t version, database_.integer("PRAGMA user_version"));
    if (version > kMoetraceVersion) {
        return make_error(
            "{}: is a trace of version {}, this program reads up to version {}; use a newer program",
            place_.name.string(), version, kMoetraceVersion);
    }
    if (version < 1) return damaged("its version is {}", version);
    return {};
}

Result<void> TraceConnection::check_tables() const {
    for (const Table& table : tables_that_are_read()) {
        MOE_TRY(
            SqliteStatement find,
            prepare("SELECT type, rootpage FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')"));
        MOE_TRY(const bool exists, find.bind_text(1, table.name).step());
        // A view or a virtual table would run what the file says; it has no page of its own.
        if (!exists || find.text(0) != "table" || find.integer(1) <= 0) {
            return damaged("it has no table {}", table.name);
        }
        std::set<std::string> found;
        MOE_TRY(SqliteStatement list, prepare("SELECT name, hidden FROM pragma_table_xinfo(?)"));
        list.bind_text(1, table.name);
        while (true) {
            MOE_TRY(const bool has_row, list.step());
            if (!has_row) break;
            if (list.integer(1) == 0) found.insert(list.text(0));
        }
        for (const char* column : table.columns) {
            if (!found.contains(column)) return damaged("table {} has no column {}", table.name, column);
        }
    }
    return {};
}

}  // namespace moe
