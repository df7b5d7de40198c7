#include "engine/trace_io/chunk_places.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "engine/trace_io/model_rows.h"

namespace moe {
namespace {

constexpr std::int64_t kMostId = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostTokens = std::int64_t{1} << 40;
constexpr std::size_t kMostColumnsOfRun = 1'000;

/// Where a trace column of the file belongs; the chunk rows name only its id.
struct ColumnPlace {
    RunId run = 0;
    std::optional<std::size_t> index;  ///< in IndexedRun::columns; none: a column that is not known here
};
using ColumnPlaces = std::map<std::int64_t, ColumnPlace>;

Result<ValueType> value_type_of(const TraceConnection& connection, const std::string& name, ColumnKind kind,
                                const std::string& dtype, std::size_t n_experts) {
    if (kind != ColumnKind::Experts) {
        if (dtype == "f16") return ValueType::F16;
        if (dtype == "f32") return ValueType::F32;
    } else {
        if (dtype == "u8" && n_experts <= 255) return ValueType::U8;
        if (dtype == "u16") return ValueType::U16;
    }
    return connection.damaged("trace column {} has type \"{}\"", name, dtype);
}

/// Adds a row of trace_column to its run.
Result<ColumnPlace> add_column(const TraceConnection& connection, const SqliteStatement& row, std::int64_t id,
                               TraceIndex& index) {
    MOE_TRY(const RunId run_id, integer_in(connection, row, 1, "trace_column.run", 1, kMostId));
    MOE_TRY(const std::string name, text_of(connection, row, 2, "trace_column.name"));
    MOE_TRY(const std::string dtype, text_of(connection, row, 3, "trace_column.dtype"));
    MOE_TRY(const std::string dims, text_of(connection, row, 4, "trace_column.dims"));
    const auto found = index.find(run_id);
    if (found == index.end()) return connection.damaged("trace column {} has no run", name);
    IndexedRun& run = found->second;
    if (!run.column_names.insert(name).second || run.column_names.size() > kMostColumnsOfRun) {
        return connection.damaged("run {} has two trace columns named {}", run_id, name);
    }
    const std::optional<ColumnKind> kind = column_from_name(name);
    if (!kind.has_value()) return ColumnPlace{.run = run_id, .index = std::nullopt};
    if (dims != column_dims(*kind)) return connection.damaged("trace column {} has dims \"{}\"", name, dims);
    MOE_TRY(const ValueType type,
            value_type_of(connection, name, *kind, dtype, run.summary.model.shape.n_experts));
    run.columns.push_back({.id = id, .kind = *kind, .type = type, .width = 0, .end = run.first});
    return ColumnPlace{.run = run_id, .index = run.columns.size() - 1};
}

Result<ColumnPlaces> read_columns(const TraceConnection& connection, TraceIndex& index) {
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT id, run, name, dtype, dims FROM trace_column ORDER BY id"));
    ColumnPlaces places;
    while (true) {
        MOE_TRY(const bool has_row, rows.step());
        if (!has_row) break;
        MOE_TRY(const std::int64_t id, integer_in(connection, rows, 0, "trace_column.id", 1, kMostId));
        MOE_TRY(const ColumnPlace place, add_column(connection, rows, id, index));
        if (!places.emplace(id, place).second)
            return connection.damaged("trace column {} is there twice", id);
    }
    return places;
}

/// Values of a token and layer, which the blob's size must give exactly; for experts it tells their number.
Result<std::size_t> width_of_chunk(const TraceConnection& connection, const IndexedRun& run,
                                   const IndexedColumn& column, std::int64_t n_tokens, std::int64_t n_bytes) {
    const TraceShape& shape = run.summary.model.shape;
    if (shape.n_layers == 0) {
        if (n_bytes == 0) return std::size_t{0};
        return connection.damaged("run {} of a model without MoE layers has routing", run.summary.id);
    }
    const auto n_rows = static_cast<std::size_t>(n_tokens) * shape.n_layers;
    const std::size_t row_bytes = static_cast<std::size_t>(n_bytes) / n_rows;
    const std::size_t width = row_bytes / size_of(column.type);
    const bool is_whole =
        row_bytes * n_rows == static_cast<std::size_t>(n_bytes) && width * size_of(column.type) == row_bytes;
    const bool is_first = column.width == 0;
    const bool depends_on_k = column.kind == ColumnKind::Experts || column.kind == ColumnKind::Weights;
    const bool is_expected =
        depends_on_k ? 0 < width && width <= shape.n_experts && (is_first || width == column.width)
                     : width == column_width(column.kind, shape);
    if (!is_whole || !is_expected) {
        return connection.damaged("a chunk of {} tokens in column {} of run {} has {} bytes", n_tokens,
                                  column_name(column.kind), run.summary.id, n_bytes);
    }
    return width;
}

/// Checks a row of `chunk` against what came before it in its column; the rows come by ascending pos0.
Result<void> add_chunk(const TraceConnection& connection, const SqliteStatement& row, IndexedRun& run,
                       IndexedColumn& column) {
    MOE_TRY(const std::int64_t first, integer_in(connection, row, 2, "chunk.pos0", 0, kMostTokens));
    MOE_TRY(const std::int64_t n_tokens, integer_in(connection, row, 3, "chunk.n", 1, kMostTokens));
    MOE_TRY(integer_in(connection, row, 4, "chunk.codec", 0, 0));
    if (row.text(5) != "blob") return connection.damaged("chunk.data is not a blob");
    MOE_TRY(const std::int64_t n_bytes, integer_in(connection, row, 6, "the size of chunk.data", 0, kMostId));
    if (static_cast<std::size_t>(first) != column.end) {
        return connection.damaged("column {} of run {} has a chunk at position {} where {} is next",
                                  column_name(column.kind), run.summary.id, first, column.end);
    }
    MOE_TRY(column.width, width_of_chunk(connection, run, column, n_tokens, n_bytes));
    column.end += static_cast<std::size_t>(n_tokens);
    return {};
}

Result<void> read_chunk_places(const TraceConnection& connection, const ColumnPlaces& places,
                               TraceIndex& index) {
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT run, trace_column, pos0, n, codec, typeof(data), length(data) "
                               "FROM chunk ORDER BY run, trace_column, pos0"));
    std::int64_t bytes_left = connection.file_bytes();
    while (true) {
        MOE_TRY(const bool has_row, rows.step());
        if (!has_row) return {};
        MOE_TRY(const RunId run, integer_in(connection, rows, 0, "chunk.run", 1, kMostId));
        MOE_TRY(const std::int64_t column, integer_in(connection, rows, 1, "chunk.trace_column", 1, kMostId));
        const auto place = places.find(column);
        if (place == places.end() || place->second.run != run) {
            return connection.damaged("a chunk of run {} belongs to no trace column of it", run);
        }
        if (!place->second.index.has_value()) continue;
        IndexedRun& owner = index.at(run);
        MOE_TRY(add_chunk(connection, rows, owner, owner.columns[*place->second.index]));
        bytes_left -= rows.integer(6);
        if (bytes_left < 0) return connection.damaged("its chunks are larger than the file");
    }
}

Result<void> check_columns(const TraceConnection& connection, IndexedRun& run) {
    const auto experts = std::ranges::find(run.columns, ColumnKind::Experts, &IndexedColumn::kind);
    if (experts == run.columns.end()) {
        if (run.columns.empty()) return {};
        return connection.damaged("run {} has no column experts", run.summary.id);
    }
    run.routed_end = experts->end;
    for (const IndexedColumn& column : run.columns) {
        if (column.end != run.routed_end) {
            return connection.damaged("column {} of run {} ends at position {}, its experts at {}",
                                      column_name(column.kind), run.summary.id, column.end, run.routed_end);
        }
        if (column.kind == ColumnKind::Weights && column.width != experts->width) {
            return connection.damaged("run {} has {} experts a token, but {} weights", run.summary.id,
                                      experts->width, column.width);
        }
    }
    return {};
}

/// Notes which runs have slots without an order. A file may lack notes.
Result<void> read_notes(const TraceConnection& connection, TraceIndex& index) {
    Result<SqliteStatement> rows =
        connection.prepare("SELECT run FROM trace_column WHERE name = 'experts' AND note = 'unranked'");
    if (!rows) return {};
    while (true) {
        MOE_TRY(const bool has_row, rows->step());
        if (!has_row) return {};
        if (const auto run = index.find(rows->integer(0)); run != index.end())
            run->second.summary.is_ranked = false;
    }
}

}  // namespace

std::size_t size_of(ValueType type) {
    switch (type) {
        case ValueType::U8:
            return 1;
        case ValueType::F32:
            return 4;
        default:
            return 2;
    }
}

Result<void> index_columns(const TraceConnection& connection, TraceIndex& index) {
    MOE_TRY(const ColumnPlaces places, read_columns(connection, index));
    MOE_TRY(read_notes(connection, index));
    MOE_TRY(read_chunk_places(connection, places, index));
    for (auto& [id, run] : index) MOE_TRY(check_columns(connection, run));
    return {};
}

}  // namespace moe
