#include "engine/worker/recording.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/worker/trace_info.h"

namespace moe {

Result<Recording> Recording::start(const StartRecording& request, const OpenModel& model,
                                   std::size_t n_threads) {
    MOE_TRY(
        std::unique_ptr<MoetraceWriter> writer,
        MoetraceWriter::create(request.path, request.if_exists, trace_model_info(model), request.columns));
    return Recording(std::move(writer), n_threads);
}

Result<void> Recording::begin(const Run& run) {
    std::optional<RunId> parent;
    if (run.parent) {
        const auto found = written_.find(*run.parent);
        MOE_CHECK(found != written_.end() && found->second.n_tokens >= run.fork_pos);
        parent = found->second.id;
    }
    MOE_TRY(const RunId id, writer_->begin_run(trace_run_info(run, parent, n_threads_)));
    written_[run.id] = {.id = id, .n_tokens = run.fork_pos, .n_routed = run.fork_pos};
    return {};
}

Result<void> Recording::follow(const Run& run) {
    if (!written_.contains(run.id)) MOE_TRY(begin(run));
    Written& written = written_.at(run.id);
    if (written.n_tokens >= run.n_stored && written.n_routed >= run.n_routed) return {};

    const TraceSnapshot snapshot = run.store->snapshot();
    std::vector<TokenRecord> tokens;
    for (std::size_t position = written.n_tokens; position < snapshot.n_tokens(); ++position) {
        tokens.push_back(snapshot.token(position));
    }
    if (!tokens.empty()) MOE_TRY(writer_->append_tokens(written.id, written.n_tokens, tokens));
    written.n_tokens += tokens.size();

    while (written.n_routed < snapshot.n_routed()) {
        const TraceChunk& chunk = snapshot.chunk_of(written.n_routed);
        const std::size_t first = written.n_routed - chunk.first_token;
        const std::size_t count = std::min(chunk.end_token(), snapshot.n_routed()) - written.n_routed;
        MOE_TRY(writer_->append_chunk(
            written.id, std::make_shared<const TraceChunk>(slice(chunk, snapshot.shape(), first, count))));
        written.n_routed += count;
    }
    return {};
}

void Recording::note_status(RunId run, RunStatus status) {
    if (const auto found = written_.find(run); found != written_.end()) found->second.status = status;
}

Result<void> Recording::rename(const Run& run) {
    const auto found = written_.find(run.id);
    return found == written_.end() ? Result<void>() : writer_->set_name(found->second.id, run.name);
}

Result<void> Recording::put_marks(std::span<const TraceMark> marks) {
    if (marks.empty() && !has_marks_) return {};
    std::vector<TraceMark> in_file;
    for (const TraceMark& mark : marks) {
        const auto found = written_.find(mark.run);
        if (found == written_.end()) continue;
        in_file.push_back(mark);
        in_file.back().run = found->second.id;
    }
    has_marks_ = true;
    return write_marks(writer_->path(), in_file);
}

Result<void> Recording::close() {
    for (const auto& [run, written] : written_) MOE_TRY(writer_->set_status(written.id, written.status));
    return writer_->close();
}

}  // namespace moe
