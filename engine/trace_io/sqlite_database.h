#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace moe {

/// A prepared statement: bind from 1, step, read columns from 0. Owned by one thread; the database must
/// outlive it.
class SqliteStatement {
  public:
    enum class Type { Integer, Real, Text, Blob, Null };

    SqliteStatement() = default;
    bool is_prepared() const { return handle_ != nullptr; }

    SqliteStatement& bind(int index, std::int64_t value);
    SqliteStatement& bind(int index, double value);
    SqliteStatement& bind_text(int index, std::string_view text);             ///< copied
    SqliteStatement& bind_blob(int index, std::span<const std::byte> bytes);  ///< borrowed until reset
    SqliteStatement& bind_null(int index);

    /// True: a row can be read. False: done.
    Result<bool> step();
    /// Steps to the end and makes the statement ready for the next values.
    Result<void> run();
    /// Ready for the next values, wherever the last step stopped.
    void reset();

    Type type(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    std::span<const std::byte> blob(int column) const;  ///< until the next step or reset

  private:
    friend class SqliteDatabase;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    SqliteStatement(sqlite3_stmt* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
    void note(int code);

    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
    std::string path_;
    int bind_code_ = 0;  ///< the first failed bind; step reports it
};

/// A connection to an SQLite file, the only owner of sqlite3 handles. Failures name the file and say what
/// to do. Used by one thread at a time.
class SqliteDatabase {
  public:
    enum class Mode {
        Create,     ///< read and write; made if missing
        ReadOnly,   ///< beside a writer in this or another process
        Immutable,  ///< the file alone: no locks, and its log is not looked at
    };
    static Result<SqliteDatabase> open(const std::filesystem::path& path, Mode mode);

    Result<SqliteStatement> prepare(std::string_view sql) const;
    /// Runs statements that have no answer.
    Result<void> execute(const char* sql) const;
    /// The first column of the first row.
    Result<std::int64_t> integer(std::string_view sql) const;
    Result<std::string> text(std::string_view sql) const;
    std::int64_t last_insert_id() const;
    /// Whether the last call failed because the file or its folder cannot be used in this mode.
    bool lacks_access() const;

    /// Makes reading a hostile file safe: nothing in its schema runs, no value is longer than
    /// `longest_value_bytes`, and a query ends with an Error after `most_steps` steps of SQLite's machine
    /// in all.
    Result<void> distrust(std::int64_t longest_value_bytes, std::int64_t most_steps);

  private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    SqliteDatabase(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}

    std::unique_ptr<std::int64_t>
        steps_left_;  // borrowed by SQLite's progress handler: destroyed after the handle
    std::unique_ptr<sqlite3, Close> handle_;
    std::string path_;
};

}  // namespace moe
