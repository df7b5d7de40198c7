#include "app/shell/export_numbers.h"

#include <algorithm>
#include <memory>

#include "engine/trace_io/write_run_file.h"

namespace moe::app {

namespace {

/// The range as a run of its own.
TraceSnapshot part_of(const TraceSnapshot& trace, const TokenRange& range) {
    TraceStore part(trace.shape(), trace.gating());
    std::vector<TokenRecord> tokens;
    for (std::size_t position = range.first; position < range.end; ++position)
        tokens.push_back(trace.token(position));
    part.append_tokens(tokens);
    for (std::size_t position = range.first; position < std::min(range.end, trace.n_routed());) {
        const TraceChunk chunk = trace.whole_chunk_of(position);
        const std::size_t count = std::min({range.end, trace.n_routed(), chunk.end_token()}) - position;
        TraceChunk piece = slice(chunk, trace.shape(), position - chunk.first_token, count);
        piece.first_token = position - range.first;
        part.append_chunk(std::make_shared<const TraceChunk>(std::move(piece)));
        position += count;
    }
    return part.snapshot();
}

}  // namespace

Result<void> export_numbers(const std::filesystem::path& path, const TraceSnapshot& trace,
                            const TokenRange& range) {
    RunSource source = source_of(part_of(trace, range));
    if (const std::string failure = trace.dense_failure(); !failure.empty()) return make_error("{}", failure);
    source.first = range.first;
    source.model.config_json = source.info.params_json = source.info.build_json = "{}";
    return write_run_file(path, source);
}

}  // namespace moe::app
