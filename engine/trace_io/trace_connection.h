#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/trace_io/sqlite_database.h"

namespace moe {

/// A trace file that is being read: one transaction, so that everything read belongs to one moment. The
/// file's kind, version and tables are checked; what is in the tables is not.
class TraceConnection {
  private:
    class TemporaryCopy;

  public:
    static Result<TraceConnection> open(const std::filesystem::path& path);

    /// How a file was opened, to do so again in another transaction. Shares a copy that was needed for it.
    struct Place {
        std::filesystem::path file;
        std::filesystem::path name;  ///< for messages
        SqliteDatabase::Mode mode = SqliteDatabase::Mode::ReadOnly;
        std::shared_ptr<const TemporaryCopy> copy = nullptr;
    };
    static Result<TraceConnection> open(const Place& place);
    const Place& place() const { return place_; }

    const SqliteDatabase& database() const { return database_; }
    Result<SqliteStatement> prepare(std::string_view sql) const { return database_.prepare(sql); }
    /// Of the file and its log: no honest blob is longer, nor are all of them together.
    std::int64_t file_bytes() const { return file_bytes_; }

    /// `what` with the file's name before it.
    Error failure(const char* what) const { return make_error("{}: {}", place_.name.string(), what); }
    /// The answer to a file that breaks the format.
    template <class... Args>
    Error damaged(fmt::format_string<Args...> format, Args&&... args) const {
        return make_error("{}: {}; the file is damaged: use a copy or record it again", place_.name.string(),
                          fmt::format(format, std::forward<Args>(args)...));
    }

  private:
    /// The file beside a folder in which SQLite cannot make what it needs.
    class TemporaryCopy {
      public:
        static Result<std::shared_ptr<TemporaryCopy>> of(const std::filesystem::path& trace);
        ~TemporaryCopy();
        std::filesystem::path file() const { return folder_ / "copy.moetrace"; }

      private:
        explicit TemporaryCopy(std::filesystem::path folder) : folder_(std::move(folder)) {}
        std::filesystem::path folder_;
    };

    TraceConnection(Place place, SqliteDatabase database, std::int64_t file_bytes)
        : place_(std::move(place)), database_(std::move(database)), file_bytes_(file_bytes) {}
    Result<void> check_kind() const;
    Result<void> check_tables() const;

    Place place_;  // its copy outlives the database
    SqliteDatabase database_;
    std::int64_t file_bytes_ = 0;
};

}  // namespace moe
