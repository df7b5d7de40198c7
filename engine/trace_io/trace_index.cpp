// Reads what a trace file claims about its runs, and believes none of it. The order is: runs, their
// columns, the places of the chunks, the numbers of tokens, and then what runs inherit.

#include "engine/trace_io/trace_index.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/trace_io/chunk_places.h"
#include "engine/trace_io/model_rows.h"
#include "engine/trace_io/writer_process.h"

namespace moe {
namespace {

using Type = SqliteStatement::Type;
using ModelMap = std::map<std::int64_t, TraceModelInfo>;

constexpr std::int64_t kMostId = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostTokens = std::int64_t{1} << 40;
constexpr std::size_t kMostRuns = 100'000;
constexpr std::size_t kMostAncestors = 1'000;

bool is_status(const std::string& status) {
    for (const RunStatus known : {RunStatus::Recording, RunStatus::Complete, RunStatus::Stopped,
                                  RunStatus::Failed, RunStatus::Imported}) {
        if (status == run_status_name(known)) return true;
    }
    return false;
}

Result<IndexedRun> run_of_row(const TraceConnection& connection, const SqliteStatement& row,
                              const ModelMap& models) {
    IndexedRun run;
    TraceRunSummary& summary = run.summary;
    MOE_TRY(summary.id, integer_in(connection, row, 0, "run.id", 1, kMostId));
    MOE_TRY(const std::int64_t model, integer_in(connection, row, 1, "run.model", 0, kMostId));
    const auto found = models.find(model);
    if (found == models.end()) return connection.damaged("run {} has no model", summary.id);
    summary.model = found->second;
    if (row.type(2) != Type::Null) {
        MOE_TRY(summary.parent, integer_in(connection, row, 2, "run.parent", 1, kMostId));
        MOE_TRY(const std::int64_t fork_pos, integer_in(connection, row, 3, "run.fork_pos", 0, kMostTokens));
        summary.fork_pos = static_cast<std::size_t>(fork_pos);
    }
    MOE_TRY(summary.name, text_of(connection, row, 4, "run.name"));
    MOE_TRY(summary.prompt, text_of(connection, row, 5, "run.prompt"));
    MOE_TRY(summary.params_json, text_of(connection, row, 6, "run.params_json"));
    MOE_TRY(summary.status, text_of(connection, row, 7, "run.status"));
    if (!is_status(summary.status)) return connection.damaged("run.status is \"{}\"", summary.status);
    run.first = run.tokens_end = run.routed_end = summary.fork_pos;
    return run;
}

Result<TraceIndex> read_runs(const TraceConnection& connection) {
    MOE_TRY(const ModelMap models, read_models(connection));
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT id, model, parent, fork_pos, name, prompt, params_json, "
                               "status FROM run ORDER BY id"));
    TraceIndex index;
    while (true) {
        MOE_TRY(const bool has_row, rows.step());
        if (!has_row) break;
        MOE_TRY(IndexedRun run, run_of_row(connection, rows, models));
        const RunId id = run.summary.id;
        if (!index.emplace(id, std::move(run)).second) return connection.damaged("run {} is there twice", id);
        if (index.size() > kMostRuns) return connection.damaged("it has too many runs");
    }
    return index;
}

/// How many token rows the run has; they must follow each other.
Result<void> count_tokens(const TraceConnection& connection, IndexedRun& run) {
    MOE_TRY(
        SqliteStatement rows,
        connection.prepare("SELECT count(*), min(pos), max(pos), sum(typeof(pos) <> 'integer') FROM token "
                           "WHERE run = ?"));
    MOE_TRY(rows.bind(1, run.summary.id).step());
    const std::int64_t count = rows.integer(0);
    if (count == 0) return {};
    const auto first = static_cast<std::int64_t>(run.first);
    const bool is_contiguous = rows.integer(3) == 0 && count <= kMostTokens && rows.integer(1) == first &&
                               rows.integer(2) == first + count - 1;
    if (!is_contiguous) return connection.damaged("the tokens of run {} have a gap", run.summary.id);
    run.tokens_end = run.first + static_cast<std::size_t>(count);
    return {};
}

/// Follows the parents of every run, so that each chain ends.
Result<void> check_parents(const TraceConnection& connection, TraceIndex& index) {
    for (auto& [id, run] : index) {
        for (const IndexedRun* child = &run; child->summary.parent.has_value(); ++run.depth) {
            const auto parent = index.find(*child->summary.parent);
            if (parent == index.end())
                return connection.damaged("the parent of run {} is missing", child->summary.id);
            if (run.depth >= kMostAncestors)
                return connection.damaged("the parents of run {} have no end", id);
            if (parent->second.summary.model.shape != child->summary.model.shape) {
                return connection.damaged("run {} and its parent have different models", child->summary.id);
            }
            if (child->first > parent->second.tokens_end) {
                return connection.damaged("run {} branches off behind the end of its parent",
                                          child->summary.id);
            }
            child = &parent->second;
        }
    }
    return {};
}

Result<std::size_t> count_prefill(const TraceConnection& connection,
                                  const std::vector<RunSegment>& segments) {
    MOE_TRY(SqliteStatement rows,
            connection.prepare("SELECT count(*) FROM token WHERE run = ? AND pos < ? AND phase = 'prefill'"));
    std::size_t n_prefill = 0;
    for (const RunSegment& segment : segments) {
        rows.bind(1, segment.owner->summary.id).bind(2, static_cast<std::int64_t>(segment.tokens_end));
        MOE_TRY(rows.step());
        n_prefill += static_cast<std::size_t>(rows.integer(0));
        rows.reset();
    }
    return n_prefill;
}

/// Completes a run's summary with what it inherits.
Result<void> summarize(const TraceConnection& connection, const TraceIndex& index, IndexedRun& run) {
    const std::vector<RunSegment> segments = segments_of(index, run.summary.id);
    TraceRunSummary& summary = run.summary;
    std::size_t top_k = 0;
    for (const RunSegment& segment : segments) {
        const bool continues = segment.routed_end == segment.first || summary.n_routed == segment.first;
        if (!continues)
            return connection.damaged("run {} has no routing at position {}", summary.id, summary.n_routed);
        summary.n_routed =
            std::max(summary.n_routed, segment.routed_end > segment.first ? segment.routed_end : 0);
        summary.n_tokens = segment.tokens_end;
        if (segment.routed_end == segment.first) continue;
        summary.is_ranked = summary.is_ranked && segment.owner->summary.is_ranked;
        const auto& columns = segment.owner->columns;
        top_k = std::max(top_k, std::ranges::find(columns, ColumnKind::Experts, &IndexedColumn::kind)->width);
    }
    if (summary.n_routed > summary.n_tokens) {
        return connection.damaged("run {} has routing for {} tokens, but {} tokens", summary.id,
                                  summary.n_routed, summary.n_tokens);
    }
    if (summary.n_routed + 1 < summary.n_tokens && !run.column_names.empty()) {
        return connection.damaged("run {} has {} tokens, but routing for {} only", summary.id,
                                  summary.n_tokens, summary.n_routed);
    }
    if (top_k != 0) summary.model.shape.top_k = top_k;
    MOE_TRY(summary.n_prefill, count_prefill(connection, segments));
    std::set<std::string> names = run.column_names;
    for (const ColumnKind kind : columns_of(segments)) names.insert(column_name(kind));
    summary.columns.assign(names.begin(), names.end());
    return {};
}

/// What a file may lack and nothing depends on.
Result<void> read_origins(const TraceConnection& connection, TraceIndex& index) {
    Result<SqliteStatement> rows = connection.prepare("SELECT id, build_json, started_ns FROM run");
    if (!rows) return {};
    while (true) {
        MOE_TRY(const bool has_row, rows->step());
        if (!has_row) return {};
        const auto run = index.find(rows->integer(0));
        if (run == index.end()) continue;
        if (rows->type(1) == Type::Text) run->second.summary.build_json = rows->text(1);
        if (rows->type(2) == Type::Integer) run->second.summary.started_ns = rows->integer(2);
    }
}

Result<bool> has_writer(const TraceConnection& connection) {
    MOE_TRY(SqliteStatement row, connection.prepare("SELECT value FROM meta WHERE key = 'writer'"));
    MOE_TRY(const bool has_row, row.step());
    return has_row && is_process_alive(row.text(0));
}

}  // namespace

std::vector<RunSegment> segments_of(const TraceIndex& index, RunId run) {
    std::vector<RunSegment> segments;
    std::size_t end = std::numeric_limits<std::size_t>::max();
    for (std::optional<RunId> id = run; id.has_value(); id = index.at(*id).summary.parent) {
        const IndexedRun& owner = index.at(*id);
        // A branch may fork before its parent's own first position: then nothing of the parent is used.
        const std::size_t first = std::min(owner.first, end);
        segments.push_back({.owner = &owner,
                            .first = first,
                            .tokens_end = std::min(owner.tokens_end, end),
                            .routed_end = std::min(owner.routed_end, end)});
        end = first;
    }
    std::ranges::reverse(segments);
    return segments;
}

std::vector<ColumnKind> columns_of(const std::vector<RunSegment>& segments) {
    std::vector<ColumnKind> kinds;
    const bool is_routed = std::ranges::any_of(
        segments, [](const RunSegment& segment) { return segment.routed_end > segment.first; });
    for (const ColumnKind kind : kColumnKinds) {
        const bool is_everywhere = std::ranges::all_of(segments, [kind](const RunSegment& segment) {
            const auto& columns = segment.owner->columns;
            return segment.routed_end == segment.first ||
                   std::ranges::find(columns, kind, &IndexedColumn::kind) != columns.end();
        });
        if (is_routed && is_everywhere) kinds.push_back(kind);
    }
    return kinds;
}

Result<TraceIndex> index_runs(const TraceConnection& connection) {
    MOE_TRY(TraceIndex index, read_runs(connection));
    if (index.empty()) return connection.failure("holds no run; choose another trace or record it again");
    MOE_TRY(read_origins(connection, index));
    MOE_TRY(index_columns(connection, index));
    for (auto& [id, run] : index) MOE_TRY(count_tokens(connection, run));
    MOE_TRY(check_parents(connection, index));
    MOE_TRY(const bool is_written, has_writer(connection));
    for (auto& [id, run] : index) {
        MOE_TRY(summarize(connection, index, run));
        run.summary.was_interrupted =
            run.summary.status == run_status_name(RunStatus::Recording) && !is_written;
    }
    return index;
}

}  // namespace moe
