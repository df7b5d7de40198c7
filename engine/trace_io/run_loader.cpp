#include "engine/trace_io/run_loader.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

#include "engine/trace_io/column_cursor.h"
#include "engine/trace_io/dense_cache.h"
#include "engine/trace_io/model_rows.h"
#include "engine/trace_io/moetrace_schema.h"

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

/// Reads a stretch of a run from its beginning on: its tokens and the columns that are wanted.
class SegmentCursor {
  public:
    static Result<SegmentCursor> open(const TraceConnection& connection, const RunSegment& segment,
                                      const std::vector<ColumnKind>& kinds, std::size_t first) {
        SegmentCursor cursor(connection, segment);
        MOE_TRY(cursor.rows_,
                connection.prepare("SELECT pos, token_id, bytes, phase, t_ns, logprob FROM token "
                                   "WHERE run = ? AND pos >= ? ORDER BY pos"));
        cursor.rows_.bind(1, segment.owner->summary.id).bind(2, static_cast<std::int64_t>(first));
        if (first >= segment.routed_end) return cursor;
        for (const IndexedColumn& column : segment.owner->columns) {
            if (std::ranges::find(kinds, column.kind) == kinds.end()) continue;
            MOE_TRY(ColumnCursor values, ColumnCursor::open(connection, *segment.owner, column, first));
            cursor.columns_.push_back(std::move(values));
        }
        return cursor;
    }

    /// The tokens of [position, end), which follow those read before.
    Result<std::vector<TokenRecord>> tokens(std::size_t position, std::size_t end) {
        std::vector<TokenRecord> tokens;
        for (; position < end; ++position) {
            MOE_TRY(const bool has_row, rows_.step());
            if (!has_row || rows_.type(0) != Type::Integer ||
                rows_.integer(0) != static_cast<std::int64_t>(position)) {
                return connection_->damaged("token {} of run {} is missing", position, owner_->summary.id);
            }
            MOE_TRY(TokenRecord token, token_of_row(*connection_, rows_));
            tokens.push_back(std::move(token));
        }
        return tokens;
    }

    /// The routing of the next `n_tokens` tokens, packed; positions are the caller's affair.
    Result<TraceChunk> routing(std::size_t n_tokens, const TraceShape& shape) {
        TraceChunk chunk;
        chunk.n_tokens = n_tokens;
        for (ColumnCursor& column : columns_) {
            const std::size_t width = column_width(column.kind(), shape);
            if (column.kind() == ColumnKind::Experts) {
                experts_.clear();
                MOE_TRY(column.read_experts(n_tokens, width, experts_));
                chunk.experts = ExpertColumn::packed(experts_);
            } else if (column.kind() == ColumnKind::Weights) {
                weights_.clear();
                MOE_TRY(column.read_floats(n_tokens, width, weights_));
                chunk.weights = WeightColumn::packed(weights_);
            } else {
                MOE_TRY(column.read_floats(n_tokens, width, column_of(chunk, column.kind())));
            }
        }
        return chunk;
    }

  private:
    SegmentCursor(const TraceConnection& connection, const RunSegment& segment)
        : connection_(&connection), owner_(segment.owner) {}

    const TraceConnection* connection_;
    const IndexedRun* owner_;
    SqliteStatement rows_;
    std::vector<ColumnCursor> columns_;
    // Unpacked, used again and again: what a long run keeps lies side by side, without gaps.
    std::vector<std::uint16_t> experts_;
    std::vector<float> weights_;
};

/// Hands over [first, end) of a run: tokens, the routing of the first of them, and the first position. No
/// piece crosses a multiple of kChunkTokens or the end of a stretch.
using PieceVisitor =
    std::function<Result<void>(const std::vector<TokenRecord>& tokens, TraceChunk chunk, std::size_t first)>;

Result<void> visit_pieces(const TraceConnection& connection, const std::vector<RunSegment>& segments,
                          const std::vector<ColumnKind>& kinds, const TraceShape& shape, const RunPart& part,
                          const PieceVisitor& visit) {
    for (const RunSegment& segment : segments) {
        std::size_t position = std::max(segment.first, part.first);
        const std::size_t end = std::min(segment.tokens_end, part.end);
        if (position >= end) continue;
        MOE_TRY(SegmentCursor cursor, SegmentCursor::open(connection, segment, kinds, position));
        while (position < end) {
            const std::size_t next = std::min(end, (position / kChunkTokens + 1) * kChunkTokens);
            const std::size_t routed_end = std::clamp(segment.routed_end, position, next);
            MOE_TRY(const std::vector<TokenRecord> tokens, cursor.tokens(position, next));
            TraceChunk chunk;
            if (routed_end > position) {
                MOE_TRY(chunk, cursor.routing(routed_end - position, shape));
            }
            MOE_TRY(visit(tokens, std::move(chunk), position));
            position = next;
        }
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

bool is_dense(ColumnKind kind) {
    return kind == ColumnKind::RouterLogits || kind == ColumnKind::Scores || kind == ColumnKind::Selection;
}

/// Leaves the dense columns of a run in the file where they are too large for memory.
void leave_dense_columns(const TraceConnection& connection, const std::shared_ptr<const TraceIndex>& index,
                         RunId run, std::size_t most_bytes, std::vector<ColumnKind>& kinds,
                         TraceStore& store) {
    const TraceRunSummary& summary = index->at(run).summary;
    const TraceShape& shape = summary.model.shape;
    const auto n_dense = static_cast<std::size_t>(std::ranges::count_if(kinds, is_dense));
    const std::size_t row_bytes = shape.n_layers * shape.n_experts * sizeof(float) * n_dense;
    if (row_bytes == 0 || summary.n_routed <= most_bytes / row_bytes) return;
    std::vector<ColumnKind> left;
    std::ranges::copy_if(kinds, std::back_inserter(left), is_dense);
    store.read_dense_from(std::make_shared<DenseCache>(connection.place(), index, run, std::move(left)));
    std::erase_if(kinds, is_dense);
}

}  // namespace

Result<std::shared_ptr<const TraceStore>> load_run(const TraceConnection& connection,
                                                   const std::shared_ptr<const TraceIndex>& index, RunId run,
                                                   const RunReading& reading) {
    const TraceModelInfo& model = index->at(run).summary.model;
    const std::vector<RunSegment> segments = segments_of(*index, run);
    if (is_widened_too_far(segments, model.shape)) {
        return connection.damaged("run {} is {} slots wide, its parents are narrow", run, model.shape.top_k);
    }
    const auto store = std::make_shared<TraceStore>(model.shape, model.gating);
    std::vector<ColumnKind> kinds = columns_of(segments);
    leave_dense_columns(connection, index, run, reading.most_dense_bytes, kinds, *store);
    const auto append = [&](const std::vector<TokenRecord>& tokens, TraceChunk chunk,
                            std::size_t first) -> Result<void> {
        store->append_tokens(tokens);
        chunk.first_token = first;
        if (chunk.n_tokens > 0) store->append_chunk(std::make_shared<const TraceChunk>(std::move(chunk)));
        if (reading.watch && !reading.watch(store)) return cancelled_error();
        return {};
    };
    MOE_TRY(visit_pieces(connection, segments, kinds, model.shape, {}, append));
    return std::shared_ptr<const TraceStore>(store);
}

Result<TraceChunk> read_routing(const TraceConnection& connection, const TraceIndex& index, RunId run,
                                std::size_t first, std::size_t end, const std::vector<ColumnKind>& kinds) {
    const TraceShape& shape = index.at(run).summary.model.shape;
    TraceChunk routing;
    routing.first_token = first;
    const auto append = [&routing](const std::vector<TokenRecord>&, TraceChunk chunk,
                                   std::size_t position) -> Result<void> {
        chunk.first_token = position;
        routing = joined(routing, chunk);
        return {};
    };
    MOE_TRY(visit_pieces(connection, segments_of(index, run), kinds, shape, {.first = first, .end = end},
                         append));
    return routing;
}

Result<void> visit_run(const TraceConnection& connection, const TraceIndex& index, RunId run,
                       const RunPart& part, const WindowVisitor& visit) {
    const TraceModelInfo& model = index.at(run).summary.model;
    const std::vector<RunSegment> segments = segments_of(index, run);
    std::vector<ColumnKind> kinds = columns_of(segments);
    std::erase_if(kinds, [&wanted = part.columns](ColumnKind kind) {
        return wanted.has_value() && kind != ColumnKind::Experts &&
               std::ranges::find(*wanted, kind) == wanted->end();
    });
    const auto show = [&](const std::vector<TokenRecord>& tokens, TraceChunk chunk,
                          std::size_t first) -> Result<void> {
        TraceStore window(model.shape, model.gating);
        window.append_tokens(tokens);
        if (chunk.n_tokens > 0) window.append_chunk(std::make_shared<const TraceChunk>(std::move(chunk)));
        return visit(window.snapshot(), first);
    };
    return visit_pieces(connection, segments, kinds, model.shape, part, show);
}

}  // namespace moe
