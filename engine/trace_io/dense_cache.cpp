#include "engine/trace_io/dense_cache.h"

#include <algorithm>
#include <utility>

#include "engine/trace_io/run_loader.h"

namespace moe {

DenseCache::DenseCache(TraceConnection::Place place, std::shared_ptr<const TraceIndex> index, RunId run,
                       std::vector<ColumnKind> kinds, std::size_t most_bytes)
    : place_(std::move(place)), index_(std::move(index)), run_(run), kinds_(std::move(kinds)) {
    const TraceShape& shape = index_->at(run_).summary.model.shape;
    const std::size_t chunk_bytes =
        kChunkTokens * shape.n_layers * shape.n_experts * sizeof(float) * kinds_.size();
    most_chunks_ = std::max<std::size_t>(1, most_bytes / std::max<std::size_t>(1, chunk_bytes));
}

bool DenseCache::has(ColumnKind kind) const { return std::ranges::find(kinds_, kind) != kinds_.end(); }

std::shared_ptr<const TraceChunk> DenseCache::dense_of(const TraceChunk& chunk) const {
    if (const auto found = kept(chunk)) return *found;
    Entry entry{.first_token = chunk.first_token, .n_tokens = chunk.n_tokens, .dense = nullptr};
    Result<TraceChunk> dense = read(chunk);
    if (dense) {
        entry.dense = std::make_shared<const TraceChunk>(std::move(dense).value());
    } else {
        const std::lock_guard note(mutex_);
        failure_ = dense.error().message;
    }
    keep(entry);
    return entry.dense;
}

std::string DenseCache::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

Result<TraceChunk> DenseCache::read(const TraceChunk& chunk) const {
    MOE_TRY(const TraceConnection connection, TraceConnection::open(place_));
    std::vector<ColumnKind> kinds = kinds_;
    kinds.push_back(ColumnKind::Experts);
    MOE_TRY(TraceChunk dense,
            read_routing(connection, *index_, run_, chunk.first_token, chunk.end_token(), kinds));
    if (dense.experts != chunk.experts) {
        return connection.failure("was changed since it was opened; open it again");
    }
    dense.experts.clear();
    return dense;
}

std::optional<std::shared_ptr<const TraceChunk>> DenseCache::kept(const TraceChunk& chunk) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_first_token_.find(chunk.first_token);
    if (found == by_first_token_.end() || found->second->n_tokens != chunk.n_tokens) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->dense;
}

void DenseCache::keep(const Entry& entry) const {
    const std::lock_guard lock(mutex_);
    if (const auto old = by_first_token_.find(entry.first_token); old != by_first_token_.end()) {
        entries_.erase(old->second);
        by_first_token_.erase(old);
    }
    entries_.push_front(entry);
    by_first_token_[entry.first_token] = entries_.begin();
    if (entries_.size() <= most_chunks_) return;
    by_first_token_.erase(entries_.back().first_token);
    entries_.pop_back();
}

}  // namespace moe
