#include "engine/trace_io/load_counts.h"

#include <cstdint>

#include "engine/trace_io/model_rows.h"
#include "engine/trace_io/moetrace_schema.h"

namespace moe {
namespace {

/// More than any source can have counted; sums of as many rows as a file can hold stay whole numbers.
constexpr std::int64_t kMostCount = std::int64_t{1} << 40;

/// A trace of a program that knows no counts may lack the table; a view is none.
Result<bool> has_table(const TraceConnection& connection) {
    MOE_TRY(SqliteStatement row, connection.prepare("SELECT 1 FROM sqlite_master WHERE name = 'hist' AND "
                                                    "type = 'table' AND rootpage > 0"));
    return row.step();
}

}  // namespace

Result<std::vector<std::size_t>> load_counts(const TraceConnection& connection, RunId run,
                                             const TraceShape& shape, std::optional<Phase> phase) {
    std::vector<std::size_t> counts;
    MOE_TRY(const bool exists, has_table(connection));
    if (!exists || shape.n_layers == 0) return counts;
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT layer, expert, n FROM hist WHERE run = ? AND (? = '' OR phase = ?)"));
    const char* const wanted = phase ? phase_name(*phase) : "";
    rows.bind(1, run).bind_text(2, wanted).bind_text(3, wanted);
    while (true) {
        MOE_TRY(const bool has_row, rows.step());
        if (!has_row) return counts;
        const auto last_layer = static_cast<std::int64_t>(shape.n_layers) - 1;
        const auto last_expert = static_cast<std::int64_t>(shape.n_experts) - 1;
        MOE_TRY(const std::int64_t layer, integer_in(connection, rows, 0, "hist.layer", 0, last_layer));
        MOE_TRY(const std::int64_t expert, integer_in(connection, rows, 1, "hist.expert", 0, last_expert));
        MOE_TRY(const std::int64_t n, integer_in(connection, rows, 2, "hist.n", 0, kMostCount));
        counts.resize(shape.n_layers * shape.n_experts);
        counts[static_cast<std::size_t>(layer) * shape.n_experts + static_cast<std::size_t>(expert)] +=
            static_cast<std::size_t>(n);
    }
}

}  // namespace moe
