#include "engine/trace_io/trace_marks.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "engine/trace_io/change_trace.h"
#include "engine/trace_io/sqlite_database.h"
#include "engine/trace_io/trace_connection.h"

namespace moe {
namespace {

Result<bool> has_table(const TraceConnection& connection) {
    MOE_TRY(SqliteStatement find,
            connection.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'mark' AND type = 'table'"));
    MOE_TRY(const bool exists, find.step());
    return exists && find.integer(0) > 0;
}

/// Nothing where the file has none.
std::optional<std::size_t> index_in(const SqliteStatement& row, int column) {
    if (row.type(column) != SqliteStatement::Type::Integer || row.integer(column) < 0) return std::nullopt;
    return static_cast<std::size_t>(row.integer(column));
}

void bind_index(SqliteStatement& statement, int place, std::optional<std::size_t> index) {
    if (index) {
        statement.bind(place, static_cast<std::int64_t>(*index));
    } else {
        statement.bind_null(place);
    }
}

/// The table is older than this function, but not every writer makes it.
constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS mark (id INTEGER PRIMARY KEY, run INT, pos INT, layer INT, expert INT, text TEXT)";

Result<void> replace_rows(const SqliteDatabase& database, std::span<const TraceMark> marks) {
    MOE_TRY(database.execute(kTable));
    MOE_TRY(database.execute("DELETE FROM mark"));
    MOE_TRY(SqliteStatement insert,
            database.prepare("INSERT INTO mark (run, pos, layer, expert, text) VALUES (?, ?, ?, ?, ?)"));
    for (const TraceMark& mark : marks) {
        insert.bind(1, mark.run).bind(2, static_cast<std::int64_t>(mark.position));
        bind_index(insert, 3, mark.layer);
        bind_index(insert, 4, mark.layer ? mark.expert : std::nullopt);
        insert.bind_text(5, mark.text);
        MOE_TRY(insert.run());
    }
    return {};
}

}  // namespace

Result<std::vector<TraceMark>> read_marks(const std::filesystem::path& trace) {
    MOE_TRY(const TraceConnection connection, TraceConnection::open(trace));
    std::vector<TraceMark> marks;
    MOE_TRY(const bool has_any, has_table(connection));
    if (!has_any) return marks;
    MOE_TRY(SqliteStatement row,
            connection.prepare("SELECT run, pos, layer, expert, text FROM mark ORDER BY run, pos, id"));
    while (true) {
        MOE_TRY(const bool has_row, row.step());
        if (!has_row) return marks;
        const std::optional<std::size_t> run = index_in(row, 0), position = index_in(row, 1);
        if (!run || *run == 0 || !position || row.type(4) != SqliteStatement::Type::Text) continue;
        TraceMark mark{.run = static_cast<RunId>(*run), .position = *position, .layer = index_in(row, 2),
                       .expert = index_in(row, 3), .text = row.text(4)};
        if (!mark.layer) mark.expert.reset();
        marks.push_back(std::move(mark));
    }
}

std::vector<TraceMark> marks_of_run(std::span<const TraceMark> marks, const std::vector<TraceRunSummary>& runs,
                                    RunId run) {
    std::vector<TraceMark> found;
    std::size_t end = std::numeric_limits<std::size_t>::max();  // of what is inherited from the run in question
    for (std::optional<RunId> id = run; id;) {
        std::ranges::copy_if(marks, std::back_inserter(found), [&](const TraceMark& mark) {
            return mark.run == *id && mark.position < end;
        });
        const auto summary = std::ranges::find(runs, *id, &TraceRunSummary::id);
        if (summary == runs.end()) break;
        end = std::min(end, summary->fork_pos);
        id = summary->parent;
    }
    std::ranges::stable_sort(found, {}, &TraceMark::position);
    return found;
}

Result<void> write_marks(const std::filesystem::path& trace, std::span<const TraceMark> marks) {
    return change_trace(trace,
                        [&](const SqliteDatabase& database) { return replace_rows(database, marks); });
}

}  // namespace moe
