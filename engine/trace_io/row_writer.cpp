#include "engine/trace_io/row_writer.h"

#include <algorithm>
#include <bit>

#include "engine/base/check.h"

namespace moe {
namespace {

static_assert(std::endian::native == std::endian::little, "blobs are written as they lie in memory");

/// Up to this many experts fit in a byte beside the value that means "none".
constexpr std::size_t kMostByteExperts = 255;
constexpr std::int64_t kModelId = 1;

template <class T>
void append_values(std::vector<std::byte>& bytes, std::span<const T> values) {
    const auto added = std::as_bytes(values);
    bytes.insert(bytes.end(), added.begin(), added.end());
}

}  // namespace

std::size_t RowWriter::Run::n_routed() const {
    const std::size_t inherited = parent == nullptr ? 0 : std::min(parent->n_routed(), fork_pos);
    return inherited < fork_pos ? inherited : routed_end;
}

Result<RowWriter> RowWriter::create(const SqliteDatabase& database, const TraceModelInfo& model,
                                    const RecordColumns& columns) {
    RowWriter writer;
    writer.shape_ = model.shape;
    writer.gating_ = model.gating;
    writer.wanted_ = columns;
    MOE_TRY(writer.prepare(database));
    return writer;
}

Result<void> RowWriter::prepare(const SqliteDatabase& database) {
    database_ = &database;
    MOE_TRY(insert_run_,
            database.prepare("INSERT INTO run(id, model, parent, fork_pos, name, prompt, params_json, "
                             "build_json, started_ns, status) "
                             "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    MOE_TRY(insert_token_,
            database.prepare("INSERT INTO token(run, pos, token_id, bytes, phase, t_ns, logprob) "
                             "VALUES(?, ?, ?, ?, ?, ?, ?)"));
    MOE_TRY(insert_column_,
            database.prepare("INSERT INTO trace_column(run, name, dtype, dims, note) VALUES(?, ?, ?, ?, ?)"));
    MOE_TRY(put_chunk_,
            database.prepare(
                "INSERT INTO chunk(run, trace_column, pos0, n, codec, data) VALUES(?, ?, ?, ?, 0, ?) "
                "ON CONFLICT(run, trace_column, pos0) DO UPDATE SET n = excluded.n, "
                "data = excluded.data"));
    MOE_TRY(set_status_, database.prepare("UPDATE run SET status = ?, note = ? WHERE id = ?"));
    MOE_TRY(set_name_, database.prepare("UPDATE run SET name = ? WHERE id = ?"));
    return {};
}

RowWriter::Run& RowWriter::run_of(RunId run) {
    const auto found = runs_.find(run);
    MOE_CHECK(found != runs_.end());
    return *found->second;
}

Result<void> RowWriter::begin_run(RunId run, const TraceRunInfo& info) {
    auto state = std::make_unique<Run>();
    state->id = run;
    if (info.parent.has_value()) {
        state->parent = &run_of(*info.parent);
        state->fork_pos = info.fork_pos;
        const std::size_t parent_tokens = state->parent->rows_end + state->parent->waiting.size();
        MOE_CHECK(info.fork_pos <= std::min(parent_tokens, state->parent->n_routed() + 1));
    }
    state->rows_end = state->routed_end = state->open_first = state->fork_pos;
    runs_[run] = std::move(state);

    insert_run_.bind(1, run).bind(2, kModelId);
    if (info.parent.has_value()) {
        insert_run_.bind(3, *info.parent).bind(4, static_cast<std::int64_t>(info.fork_pos));
    }
    insert_run_.bind_text(5, info.name).bind_text(6, info.prompt).bind_text(7, info.params_json);
    insert_run_.bind_text(8, info.build_json).bind(9, info.started_ns);
    insert_run_.bind_text(10, run_status_name(RunStatus::Recording));
    return insert_run_.run();
}

void RowWriter::append_tokens(RunId run, std::size_t first_position, std::span<const TokenRecord> tokens) {
    Run& state = run_of(run);
    MOE_CHECK(first_position == state.rows_end + state.waiting.size());
    state.waiting.insert(state.waiting.end(), tokens.begin(), tokens.end());
}

// A branch at its parent's end may run the parent's last token through the model, which the parent never
// did. That routing belongs to the parent's position and is stored there; should the parent go on later,
// it computes the same values again and they are skipped.
Result<void> RowWriter::append_chunk(RunId run, const TraceChunk& chunk) {
    Run& state = run_of(run);
    MOE_CHECK(fits(chunk, shape_));
    if (chunk.first_token >= state.fork_pos) return append_own(state, chunk);
    const std::size_t n_inherited = std::min(chunk.end_token(), state.fork_pos) - chunk.first_token;
    MOE_TRY(append_chunk(state.parent->id, slice(chunk, shape_, 0, n_inherited)));
    return append_own(state, slice(chunk, shape_, n_inherited, chunk.n_tokens - n_inherited));
}

Result<void> RowWriter::append_own(Run& run, const TraceChunk& chunk) {
    if (chunk.end_token() <= run.routed_end) return {};
    MOE_CHECK(chunk.first_token <= run.routed_end);
    MOE_CHECK(chunk.end_token() <= run.rows_end + run.waiting.size());
    if (run.columns.empty()) MOE_TRY(add_columns(run, chunk));

    while (run.routed_end < chunk.end_token()) {
        const std::size_t boundary = (run.open_first / kChunkTokens + 1) * kChunkTokens;
        const std::size_t count = std::min(boundary, chunk.end_token()) - run.routed_end;
        for (Column& column : run.columns) {
            append_bytes(column, chunk, run.routed_end - chunk.first_token, count);
        }
        run.routed_end += count;
        run.is_open_written = false;
        if (run.routed_end < boundary) break;
        MOE_TRY(write_chunk_rows(run));
        for (Column& column : run.columns) column.open.clear();
        run.open_first = boundary;
    }
    return {};
}

bool RowWriter::is_recorded(ColumnKind kind, const TraceChunk& chunk) const {
    if (kind == ColumnKind::Experts) return true;
    if (!has_column(chunk, kind)) return false;
    switch (kind) {
        case ColumnKind::Weights:
            return wanted_.weights;
        case ColumnKind::BranchNorm:
            return wanted_.branch_norm;
        // A reader computes the scores from the logits, unless only the model knows how.
        case ColumnKind::Scores:
            return wanted_.derived || (wanted_.router_logits && gating_ == TraceGating::Other);
        default:
            return wanted_.router_logits;
    }
}

const char* RowWriter::column_dtype(ColumnKind kind) const {
    if (kind != ColumnKind::Experts) return "f32";
    return shape_.n_experts <= kMostByteExperts ? "u8" : "u16";
}

Result<void> RowWriter::add_columns(Run& run, const TraceChunk& chunk) {
    for (const ColumnKind kind : kColumnKinds) {
        if (!is_recorded(kind, chunk)) continue;
        insert_column_.bind(1, run.id).bind_text(2, column_name(kind)).bind_text(3, column_dtype(kind));
        insert_column_.bind_text(4, column_dims(kind));
        if (kind == ColumnKind::Experts && !wanted_.is_ranked) insert_column_.bind_text(5, "unranked");
        MOE_TRY(insert_column_.run());
        run.columns.push_back({.kind = kind, .id = database_->last_insert_id(), .open = {}});
    }
    return {};
}

void RowWriter::append_bytes(Column& column, const TraceChunk& chunk, std::size_t first,
                             std::size_t count) const {
    const std::size_t row = shape_.n_layers * column_width(column.kind, shape_);
    if (column.kind != ColumnKind::Experts) {
        std::vector<float> unpacked;
        append_values(column.open, column_of(chunk, column.kind, unpacked).subspan(first * row, count * row));
        return;
    }
    const bool are_bytes = shape_.n_experts <= kMostByteExperts;
    for (const std::uint16_t expert : chunk.experts.view().subview(first * row, count * row)) {
        column.open.push_back(static_cast<std::byte>(expert & 0xFF));
        if (!are_bytes) column.open.push_back(static_cast<std::byte>(expert >> 8));
    }
}

Result<void> RowWriter::write_chunk_rows(Run& run) {
    const auto n_tokens = static_cast<std::int64_t>(run.routed_end - run.open_first);
    for (const Column& column : run.columns) {
        put_chunk_.bind(1, run.id).bind(2, column.id).bind(3, static_cast<std::int64_t>(run.open_first));
        MOE_TRY(put_chunk_.bind(4, n_tokens).bind_blob(5, column.open).run());
    }
    run.is_open_written = true;
    return {};
}

Result<void> RowWriter::write_token_rows(Run& run) {
    const std::size_t readable_end = std::min(run.rows_end + run.waiting.size(), run.n_routed() + 1);
    std::size_t n_written = 0;
    for (; run.rows_end < readable_end; ++run.rows_end, ++n_written) {
        const TokenRecord& token = run.waiting[n_written];
        insert_token_.bind(1, run.id).bind(2, static_cast<std::int64_t>(run.rows_end));
        insert_token_.bind(3, static_cast<std::int64_t>(token.id));
        insert_token_.bind_blob(4, std::as_bytes(std::span(token.bytes)));
        insert_token_.bind_text(5, phase_name(token.phase)).bind(6, token.t_ns);
        if (token.logprob.has_value()) insert_token_.bind(7, static_cast<double>(*token.logprob));
        MOE_TRY(insert_token_.run());
    }
    run.waiting.erase(run.waiting.begin(), run.waiting.begin() + static_cast<std::ptrdiff_t>(n_written));
    return {};
}

Result<void> RowWriter::write_open() {
    for (const auto& [id, run] : runs_) {
        if (!run->is_open_written) MOE_TRY(write_chunk_rows(*run));
    }
    for (const auto& [id, run] : runs_) MOE_TRY(write_token_rows(*run));
    return {};
}

Result<void> RowWriter::set_status(RunId run, RunStatus status, const std::string& note) {
    run_of(run);
    set_status_.bind_text(1, run_status_name(status)).bind(3, run);
    if (!note.empty()) set_status_.bind_text(2, note);
    return set_status_.run();
}

Result<void> RowWriter::set_name(RunId run, const std::string& name) {
    run_of(run);
    return set_name_.bind_text(1, name).bind(2, run).run();
}

}  // namespace moe
