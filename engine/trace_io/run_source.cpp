#include "engine/trace_io/run_source.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace moe {
namespace {

std::vector<ColumnKind> columns_in(const TraceChunk& chunk) {
    std::vector<ColumnKind> columns;
    for (const ColumnKind kind : kColumnKinds) {
        if (kind != ColumnKind::Experts && has_column(chunk, kind)) columns.push_back(kind);
    }
    return columns;
}

RunStatus status_of(const TraceRunSummary& run) {
    for (const RunStatus status : {RunStatus::Complete, RunStatus::Stopped, RunStatus::Failed,
                                   RunStatus::Imported, RunStatus::Recording}) {
        if (run.status == run_status_name(status)) return status;
    }
    return RunStatus::Recording;
}

/// The chunk at `position` of a trace as a trace of its own.
TraceSnapshot window_of(const TraceSnapshot& trace, std::size_t position, std::size_t end) {
    TraceStore window(trace.shape(), trace.gating());
    std::vector<TokenRecord> tokens;
    for (std::size_t token = position; token < end; ++token) tokens.push_back(trace.token(token));
    window.append_tokens(tokens);
    if (position < trace.n_routed()) {
        TraceChunk chunk = trace.whole_chunk_of(position);
        chunk.first_token = 0;
        window.append_chunk(std::make_shared<const TraceChunk>(std::move(chunk)));
    }
    return window.snapshot();
}

}  // namespace

RunSource source_of(const TraceSnapshot& trace) {
    RunSource source;
    source.model.gating = trace.gating();
    source.model.shape = trace.shape();
    source.n_tokens = trace.n_tokens();
    source.n_routed = trace.n_routed();
    if (trace.n_routed() > 0) source.columns = columns_in(trace.whole_chunk_of(0));
    source.visit = [trace](const std::vector<ColumnKind>&, const WindowVisitor& visit) -> Result<void> {
        for (std::size_t position = 0; position < trace.n_tokens(); position += kChunkTokens) {
            const std::size_t end = std::min(position + kChunkTokens, trace.n_tokens());
            MOE_TRY(visit(window_of(trace, position, end), position));
        }
        return {};
    };
    return source;
}

Result<RunSource> source_of(const MoetraceReader& reader, const TraceRunSummary& run, std::size_t first,
                            std::size_t end) {
    MOE_CHECK(first <= end && end <= run.n_tokens);
    RunSource source;
    source.model = run.model;
    source.info.name = run.name;
    source.info.prompt = run.prompt;
    source.info.params_json = run.params_json;
    source.info.build_json = run.build_json;
    source.info.started_ns = run.started_ns;
    source.status = status_of(run);
    source.is_ranked = run.is_ranked;
    source.first = first;
    source.n_tokens = end - first;
    source.n_routed = std::clamp(run.n_routed, first, end) - first;
    // A column that only a part of the run has is listed by its name, but not read.
    const RunPart probe{.first = first, .end = std::min(first + 1, end), .columns = std::nullopt};
    const auto look = [&](const TraceSnapshot& window, std::size_t) -> Result<void> {
        if (window.n_routed() > 0) source.columns = columns_in(window.chunk_of(0));
        return {};
    };
    MOE_TRY(reader.visit_run(run.id, probe, look));
    source.visit = [&reader, id = run.id, first, end](const std::vector<ColumnKind>& columns,
                                                      const WindowVisitor& visit) {
        const auto from_first = [&](const TraceSnapshot& window, std::size_t position) {
            return visit(window, position - first);
        };
        return reader.visit_run(id, {.first = first, .end = end, .columns = columns}, from_first);
    };
    return source;
}

}  // namespace moe
