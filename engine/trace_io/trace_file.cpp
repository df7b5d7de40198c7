#include "engine/trace_io/trace_file.h"

#include <sys/stat.h>

#include <chrono>
#include <ctime>
#include <mutex>
#include <set>
#include <system_error>

#include "engine/base/check.h"
#include "engine/base/output_place.h"
#include "engine/base/version.h"
#include "engine/trace_io/moetrace_schema.h"
#include "engine/trace_io/writer_process.h"

namespace moe {
namespace {

constexpr const char* kProgram = "moescope";

std::string utc_now() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm utc = {};
    ::gmtime_r(&now, &utc);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

Result<void> write_meta(const SqliteDatabase& database) {
    MOE_TRY(SqliteStatement insert, database.prepare("INSERT INTO meta(key, value) VALUES(?, ?)"));
    MOE_TRY(insert.bind_text(1, "program").bind_text(2, kProgram).run());
    MOE_TRY(insert.bind_text(1, "version").bind_text(2, kProgramVersion).run());
    MOE_TRY(insert.bind_text(1, "created").bind_text(2, utc_now()).run());
    return insert.bind_text(1, "writer").bind_text(2, this_process()).run();
}

Result<void> write_model(const SqliteDatabase& database, const TraceModelInfo& model) {
    const TraceShape& shape = model.shape;
    MOE_TRY(SqliteStatement insert,
            database.prepare("INSERT INTO model(id, name, family, config_json, file_bytes, fingerprint, "
                             "n_moe_layers, n_experts, top_k, n_shared, gating) "
                             "VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    insert.bind_text(1, model.name).bind_text(2, model.family).bind_text(3, model.config_json);
    insert.bind(4, model.file_bytes).bind_text(5, model.fingerprint);
    insert.bind(6, static_cast<std::int64_t>(shape.n_layers));
    insert.bind(7, static_cast<std::int64_t>(shape.n_experts));
    insert.bind(8, static_cast<std::int64_t>(shape.top_k));
    MOE_TRY(insert.bind(9, model.n_shared).bind_text(10, gating_name(model.gating)).run());

    MOE_TRY(SqliteStatement layer,
            database.prepare("INSERT INTO layer(model, idx, model_layer) VALUES(1, ?, ?)"));
    for (std::size_t index = 0; index < shape.n_layers; ++index) {
        layer.bind(1, static_cast<std::int64_t>(index));
        MOE_TRY(layer.bind(2, static_cast<std::int64_t>(shape.layer_ids[index])).run());
    }
    return {};
}

Result<void> build(const std::filesystem::path& path, const TraceModelInfo& model) {
    MOE_TRY(const SqliteDatabase database, SqliteDatabase::open(path, SqliteDatabase::Mode::Create));
    MOE_TRY(create_schema(database));
    MOE_TRY(database.execute("BEGIN"));
    MOE_TRY(write_meta(database));
    MOE_TRY(write_model(database, model));
    return database.execute("COMMIT");
}

using FileId = std::pair<std::uint64_t, std::uint64_t>;

FileId file_id(const std::filesystem::path& path) {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return {0, 0};
    return {status.st_dev, status.st_ino};
}

/// The files that this process is writing.
struct WrittenFiles {
    std::mutex mutex;
    std::multiset<FileId> ids;
};

WrittenFiles& written_files() {
    static WrittenFiles files;
    return files;
}

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) {
    path += suffix;
    return path;
}

}  // namespace

std::filesystem::path log_path(const std::filesystem::path& trace) { return with_suffix(trace, "-wal"); }
std::filesystem::path log_index_path(const std::filesystem::path& trace) {
    return with_suffix(trace, "-shm");
}

Result<void> check_trace_place(const std::filesystem::path& path) {
    MOE_TRY(const OutputPlace place, output_place(path));
    if (!place.is_stream) return {};
    return make_error("{}: is a device or a pipe, which cannot hold a trace; choose another name",
                      path.string());
}

Result<SqliteDatabase> create_trace_file(const std::filesystem::path& path, const TraceModelInfo& model) {
    MOE_CHECK(model.shape.layer_ids.size() == model.shape.n_layers);
    std::error_code ignored;
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    if (!std::filesystem::is_directory(folder, ignored)) {
        return make_error("{}: cannot be created: its folder does not exist; make the folder or choose another name",
                          path.string());
    }
    MOE_TRY(check_trace_place(path));
    const std::filesystem::path unfinished = with_suffix(path, ".new");
    std::filesystem::remove(unfinished, ignored);
    const Result<void> built = build(unfinished, model);
    if (!built.has_value()) {
        std::filesystem::remove(unfinished, ignored);
        return built.error();
    }
    // A log that a killed writer left would be replayed into the new file: it goes first.
    std::filesystem::remove(log_path(path), ignored);
    std::filesystem::remove(log_index_path(path), ignored);
    std::error_code reason;
    std::filesystem::rename(unfinished, path, reason);
    if (reason) {
        std::filesystem::remove(unfinished, ignored);
        return make_error("{}: cannot be created: {}; choose another name", path.string(), reason.message());
    }

    MOE_TRY(SqliteDatabase database, SqliteDatabase::open(path, SqliteDatabase::Mode::Create));
    MOE_TRY(const std::string journal_mode, database.text("PRAGMA journal_mode = WAL"));
    // A network file system has no shared memory for the log: there readers and the writer take turns.
    if (journal_mode != "wal") MOE_TRY(database.text("PRAGMA journal_mode = TRUNCATE"));
    // The writer moves the log's content into the file itself, between transactions, when the log is
    // large; a log that starts anew must be small again.
    MOE_TRY(database.execute("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;"
                             "PRAGMA journal_size_limit = 0"));
    return database;
}

WrittenHere::WrittenHere(const std::filesystem::path& trace) : file_(file_id(trace)) {
    const std::lock_guard lock(written_files().mutex);
    written_files().ids.insert(file_);
}

WrittenHere::~WrittenHere() {
    const std::lock_guard lock(written_files().mutex);
    written_files().ids.erase(written_files().ids.find(file_));
}

bool is_being_written_here(const std::filesystem::path& path) {
    const std::lock_guard lock(written_files().mutex);
    return written_files().ids.contains(file_id(path));
}

Result<void> finish_trace_file(const SqliteDatabase& database) {
    MOE_TRY(database.execute("DELETE FROM meta WHERE key = 'writer'"));
    MOE_TRY(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    // Somebody who reads at this moment keeps the file in WAL mode. It is complete all the same, and an
    // empty log beside it harms nobody.
    (void)database.text("PRAGMA journal_mode = DELETE");
    return {};
}

}  // namespace moe
