#include "app/shell/export_numbers.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/trace_io/moetrace_schema.h"
#include "engine/trace_io/write_run_file.h"

namespace moe::app {

namespace {

/// Tokens [first, end) as a run of their own.
TraceSnapshot window_of(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    TraceStore window(trace.shape(), trace.gating());
    std::vector<TokenRecord> tokens;
    for (std::size_t position = first; position < end; ++position) tokens.push_back(trace.token(position));
    window.append_tokens(tokens);
    for (std::size_t position = first; position < std::min(end, trace.n_routed());) {
        const TraceChunk chunk = trace.whole_chunk_of(position);
        const std::size_t count = std::min({end, trace.n_routed(), chunk.end_token()}) - position;
        TraceChunk piece = slice(chunk, trace.shape(), position - chunk.first_token, count);
        piece.first_token = position - first;
        window.append_chunk(std::make_shared<const TraceChunk>(std::move(piece)));
        position += count;
    }
    return window.snapshot();
}

/// The range, window by window: memory does not grow with its tokens.
RunSource source_of_range(const TraceSnapshot& trace, const TokenRange& range) {
    RunSource source;
    source.model.gating = trace.gating();
    source.model.shape = trace.shape();
    source.model.config_json = source.info.params_json = source.info.build_json = "{}";
    source.first = range.first;
    source.n_tokens = range.size();
    source.n_routed = std::clamp(trace.n_routed(), range.first, range.end) - range.first;
    if (source.n_routed > 0) {
        const TraceSnapshot probe = window_of(trace, range.first, range.first + 1);
        for (const ColumnKind kind : kColumnKinds) {
            if (kind != ColumnKind::Experts && has_column(probe.chunk_of(0), kind))
                source.columns.push_back(kind);
        }
    }
    source.visit = [trace, range](const std::vector<ColumnKind>&,
                                  const WindowVisitor& visit) -> Result<void> {
        for (std::size_t first = range.first; first < range.end; first += kChunkTokens) {
            const TraceSnapshot window = window_of(trace, first, std::min(first + kChunkTokens, range.end));
            if (const std::string failure = trace.dense_failure(); !failure.empty())
                return make_error("{}", failure);
            MOE_TRY(visit(window, first - range.first));
        }
        return {};
    };
    return source;
}

}  // namespace

Result<void> export_numbers(const std::filesystem::path& path, const TraceSnapshot& trace,
                            const TokenRange& range) {
    return write_run_file(path, source_of_range(trace, range));
}

}  // namespace moe::app
