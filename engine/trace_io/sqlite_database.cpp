#include "engine/trace_io/sqlite_database.h"

#include <sqlite3.h>

#include <utility>

namespace moe {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kStepsBetweenChecks = 1000;

/// What a person can do about an SQLite failure.
const char* advice(int code) {
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return "free some space and record again";
        case SQLITE_IOERR:
            return "check the disk and its free space";
        case SQLITE_CANTOPEN:
            return "check the name and the folder's permissions";
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return "choose a place that can be written";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "close the other program that uses the file";
        case SQLITE_NOTADB:
            return "choose a *.moetrace file";
        case SQLITE_NOMEM:
            return "close other programs or choose a smaller trace";
        default:
            return "the file is damaged: use a copy or record it again";
    }
}

Error sqlite_error(const std::string& path, sqlite3* database, int code) {
    if (code == SQLITE_INTERRUPT) {
        return make_error("{}: cannot be read: its tables have no end; the file is damaged: use a copy",
                          path);
    }
    if (code == SQLITE_FULL)
        return make_error("{}: cannot be written: the disk is full; {}", path, advice(code));
    const bool has_message = database != nullptr && sqlite3_errcode(database) == (code & 0xFF);
    return make_error("{}: SQLite reports: {}; {}", path,
                      has_message ? sqlite3_errmsg(database) : sqlite3_errstr(code), advice(code));
}

int count_steps(void* steps_left) {
    auto& left = *static_cast<std::int64_t*>(steps_left);
    left -= kStepsBetweenChecks;
    return left < 0 ? 1 : 0;
}

/// "file:" with every byte that means something in a URI escaped, so that any file name can be given.
std::string uri_of(const std::filesystem::path& path, const char* query) {
    std::string uri = "file:";
    for (const char byte : std::filesystem::absolute(path).string()) {
        if (byte == '%' || byte == '?' || byte == '#') {
            uri += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
        } else {
            uri += byte;
        }
    }
    return uri + query;
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void SqliteStatement::note(int code) {
    if (code != SQLITE_OK && bind_code_ == SQLITE_OK) bind_code_ = code;
}

SqliteStatement& SqliteStatement::bind(int index, std::int64_t value) {
    note(sqlite3_bind_int64(handle_.get(), index, value));
    return *this;
}

SqliteStatement& SqliteStatement::bind(int index, double value) {
    note(sqlite3_bind_double(handle_.get(), index, value));
    return *this;
}

SqliteStatement& SqliteStatement::bind_text(int index, std::string_view text) {
    const char* data = text.empty() ? "" : text.data();
    note(sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

SqliteStatement& SqliteStatement::bind_blob(int index, std::span<const std::byte> bytes) {
    const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
    note(sqlite3_bind_blob64(handle_.get(), index, data, bytes.size(), SQLITE_STATIC));
    return *this;
}

SqliteStatement& SqliteStatement::bind_null(int index) {
    note(sqlite3_bind_null(handle_.get(), index));
    return *this;
}

Result<bool> SqliteStatement::step() {
    const int code = bind_code_ != SQLITE_OK ? bind_code_ : sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return sqlite_error(path_, sqlite3_db_handle(handle_.get()), code);
}

Result<void> SqliteStatement::run() {
    Result<bool> stepped = step();
    while (stepped.has_value() && *stepped) stepped = step();
    reset();
    if (!stepped.has_value()) return stepped.error();
    return {};
}

void SqliteStatement::reset() {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
    bind_code_ = SQLITE_OK;
}

SqliteStatement::Type SqliteStatement::type(int column) const {
    switch (sqlite3_column_type(handle_.get(), column)) {
        case SQLITE_INTEGER:
            return Type::Integer;
        case SQLITE_FLOAT:
            return Type::Real;
        case SQLITE_TEXT:
            return Type::Text;
        case SQLITE_BLOB:
            return Type::Blob;
        default:
            return Type::Null;
    }
}

std::int64_t SqliteStatement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

double SqliteStatement::real(int column) const { return sqlite3_column_double(handle_.get(), column); }

std::string SqliteStatement::text(int column) const {
    const auto* data = sqlite3_column_text(handle_.get(), column);
    if (data == nullptr) return {};
    const int n_bytes = sqlite3_column_bytes(handle_.get(), column);
    return std::string(reinterpret_cast<const char*>(data), static_cast<std::size_t>(n_bytes));
}

std::span<const std::byte> SqliteStatement::blob(int column) const {
    const void* data = sqlite3_column_blob(handle_.get(), column);
    if (data == nullptr) return {};
    const int n_bytes = sqlite3_column_bytes(handle_.get(), column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(n_bytes)};
}

void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<SqliteDatabase> SqliteDatabase::open(const std::filesystem::path& path, Mode mode) {
    const int access =
        mode == Mode::Create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    const std::string uri = uri_of(path, mode == Mode::Immutable ? "?immutable=1" : "");
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(uri.c_str(), &raw, access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
    SqliteDatabase database(raw, path.string());
    if (code != SQLITE_OK) return sqlite_error(path.string(), raw, code);
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    // The last reader of a killed writer's file must not tidy it: reading changes nothing.
    if (mode != Mode::Create) sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return database;
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) const {
    sqlite3_stmt* raw = nullptr;
    const int code =
        sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
    if (code != SQLITE_OK) return sqlite_error(path_, handle_.get(), code);
    return SqliteStatement(raw, path_);
}

Result<void> SqliteDatabase::execute(const char* sql) const {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return sqlite_error(path_, handle_.get(), code);
    return {};
}

Result<std::int64_t> SqliteDatabase::integer(std::string_view sql) const {
    MOE_TRY(SqliteStatement statement, prepare(sql));
    MOE_TRY(const bool has_row, statement.step());
    if (!has_row) return make_error("{}: an answer is missing; use a copy of the file", path_);
    return statement.integer(0);
}

Result<std::string> SqliteDatabase::text(std::string_view sql) const {
    MOE_TRY(SqliteStatement statement, prepare(sql));
    MOE_TRY(const bool has_row, statement.step());
    if (!has_row) return make_error("{}: an answer is missing; use a copy of the file", path_);
    return statement.text(0);
}

std::int64_t SqliteDatabase::last_insert_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

bool SqliteDatabase::lacks_access() const {
    const int code = sqlite3_errcode(handle_.get());
    return code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM;
}

Result<void> SqliteDatabase::distrust(std::int64_t longest_value_bytes, std::int64_t most_steps) {
    sqlite3* database = handle_.get();
    for (const int option :
         {SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
          SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER}) {
        sqlite3_db_config(database, option, 0, nullptr);
    }
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, static_cast<int>(longest_value_bytes));
    sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, 100'000);
    sqlite3_limit(database, SQLITE_LIMIT_COLUMN, 200);
    sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 50);
    sqlite3_limit(database, SQLITE_LIMIT_COMPOUND_SELECT, 4);
    sqlite3_limit(database, SQLITE_LIMIT_VDBE_OP, 25'000);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(database, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
    steps_left_ = std::make_unique<std::int64_t>(most_steps);
    sqlite3_progress_handler(database, kStepsBetweenChecks, count_steps, steps_left_.get());
    return execute("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;");
}

}  // namespace moe
