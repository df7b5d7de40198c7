#include "engine/trace_io/run_loader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/trace_io/column_cursor.h"
#include "engine/trace_io/model_rows.h"

namespace moe {
namespace {

using Type = SqliteStatement::Type;

/// Slots that widening narrow ancestors may add, 512 MiB: far more than any honest branch needs.
constexpr std::size_t kMostWidenedSlots = std::size_t{1} << 28;

Result<TokenRecord> token_of_row(const TraceConnection& connection, const SqliteStatement& row) {
    constexpr std::int64_t kLowest = std::numeric_limits<TokenId>::min();
    constexpr std::int64_t kHighest = std::numeric_limits<TokenId>::max();
    TokenRecord token;
    MOE_TRY(const std::int64_t id, integer_in(connection, row, 1, "token.token_id", kLowest, kHighest));
    token.id = static_cast<TokenId>(id);
    if (row.type(2) == Type::Blob || row.type(2) == Type::Text) {
        const std::span<const std::byte> bytes = row.blob(2);
        token.bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } else if (row.type(2) != Type::Null) {
        return connection.damaged("token.bytes is a number");
    }
    MOE_TRY(const std::string phase, text_of(connection, row, 3, "token.phase"));
    const std::optional<Phase> known_phase = phase_from_name(phase);
    if (!known_phase.has_value()) return connection.damaged("token.phase is \"{}\"", phase);
    token.phase = *known_phase;
    if (row.type(4) != Type::Null) {
        constexpr std::int64_t kMostTime = std::numeric_limits<std::int64_t>::max();
        MOE_TRY(token.t_ns, integer_in(connection, row, 4, "token.t_ns", -kMostTime, kMostTime));
    }
    if (row.type(5) == Type::Null) return token;
    const auto logprob = static_cast<float>(row.real(5));
    if (row.type(5) == Type::Text || row.type(5) == Type::Blob || !std::isfinite(logprob)) {
        return connection.damaged("token.logprob is not a number");
    }
    token.logprob = logprob;
    return token;
}

Result<void> load_tokens(const TraceConnection& connection, const RunSegment& segment, TraceStore& store) {
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT pos, token_id, bytes, phase, t_ns, logprob FROM token "
                               "WHERE run = ? AND pos >= ? AND pos < ? ORDER BY pos"));
    rows.bind(1, segment.owner->summary.id).bind(2, static_cast<std::int64_t>(segment.first));
    rows.bind(3, static_cast<std::int64_t>(segment.tokens_end));
    std::vector<TokenRecord> tokens;
    for (std::size_t position = segment.first; position < segment.tokens_end; ++position) {
        MOE_TRY(const bool has_row, rows.step());
        if (!has_row || rows.type(0) != Type::Integer ||
            rows.integer(0) != static_cast<std::int64_t>(position)) {
            return connection.damaged("token {} of run {} is missing", position, segment.owner->summary.id);
        }
        MOE_TRY(TokenRecord token, token_of_row(connection, rows));
        tokens.push_back(std::move(token));
    }
    store.append_tokens(tokens);
    return {};
}

Result<void> load_routing(const TraceConnection& connection, const RunSegment& segment,
                          const std::vector<ColumnKind>& kinds, const TraceShape& shape, TraceStore& store) {
    std::vector<ColumnCursor> cursors;
    for (const IndexedColumn& column : segment.owner->columns) {
        if (std::ranges::find(kinds, column.kind) == kinds.end()) continue;
        MOE_TRY(ColumnCursor cursor, ColumnCursor::open(connection, *segment.owner, column));
        cursors.push_back(std::move(cursor));
    }
    std::size_t position = segment.first;
    while (position < segment.routed_end) {
        TraceChunk chunk;
        chunk.first_token = position;
        chunk.n_tokens = std::min(kChunkTokens - position % kChunkTokens, segment.routed_end - position);
        for (ColumnCursor& cursor : cursors) {
            if (cursor.kind() == ColumnKind::Experts) {
                MOE_TRY(cursor.read_experts(chunk.n_tokens, shape.top_k, chunk.experts));
            } else {
                const std::size_t width = column_width(cursor.kind(), shape);
                MOE_TRY(cursor.read_floats(chunk.n_tokens, width, column_of(chunk, cursor.kind())));
            }
        }
        position = chunk.end_token();
        store.append_chunk(std::make_shared<const TraceChunk>(std::move(chunk)));
    }
    return {};
}

bool is_widened_too_far(const std::vector<RunSegment>& segments, const TraceShape& shape) {
    std::size_t n_slots = 0;
    for (const RunSegment& segment : segments) {
        const auto& columns = segment.owner->columns;
        const auto experts = std::ranges::find(columns, ColumnKind::Experts, &IndexedColumn::kind);
        if (experts == columns.end() || experts->width == shape.top_k) continue;
        n_slots += (segment.routed_end - segment.first) * shape.n_layers * shape.top_k;
    }
    return n_slots > kMostWidenedSlots;
}

}  // namespace

Result<std::shared_ptr<const TraceStore>> load_run(const TraceConnection& connection, const TraceIndex& index,
                                                   RunId run) {
    const TraceModelInfo& model = index.at(run).summary.model;
    const std::vector<RunSegment> segments = segments_of(index, run);
    const std::vector<ColumnKind> kinds = columns_of(segments);
    if (is_widened_too_far(segments, model.shape)) {
        return connection.damaged("run {} is {} slots wide, its parents are narrow", run, model.shape.top_k);
    }
    auto store = std::make_shared<TraceStore>(model.shape, model.gating);
    for (const RunSegment& segment : segments) {
        MOE_TRY(load_tokens(connection, segment, *store));
        MOE_TRY(load_routing(connection, segment, kinds, model.shape, *store));
    }
    return std::shared_ptr<const TraceStore>(std::move(store));
}

}  // namespace moe
