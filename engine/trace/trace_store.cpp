#include "engine/trace/trace_store.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace moe {
namespace {

/// Whether two chunks of a run have values in the same columns.
bool same_columns(const TraceChunk& a, const TraceChunk& b) {
    return a.weights.empty() == b.weights.empty() && a.router_logits.empty() == b.router_logits.empty() &&
           a.scores.empty() == b.scores.empty() && a.selection.empty() == b.selection.empty() &&
           a.branch_norm.empty() == b.branch_norm.empty();
}

}  // namespace

TraceStore::TraceStore(TraceShape shape, TraceGating gating) {
    state_.shape_ = std::make_shared<const TraceShape>(std::move(shape));
    state_.gating_ = gating;
}

std::shared_ptr<TraceStore> TraceStore::branch(const TraceSnapshot& parent, std::size_t fork_pos) {
    MOE_CHECK(parent.has_shape() && fork_pos <= parent.n_tokens());
    auto store = std::make_shared<TraceStore>(parent.shape(), parent.gating());
    TraceSnapshot& state = store->state_;
    state.shape_ = parent.shape_;
    state.dense_ = parent.dense_;

    state.n_routed_ = std::min(fork_pos, parent.n_routed());
    const std::size_t n_full_chunks = state.n_routed_ / kChunkTokens;
    state.chunks_.assign(parent.chunks_.begin(),
                         parent.chunks_.begin() + static_cast<std::ptrdiff_t>(n_full_chunks));
    if (const std::size_t rest = state.n_routed_ % kChunkTokens; rest != 0) {
        const TraceChunk& partial = *parent.chunks_[n_full_chunks];
        state.chunks_.push_back(std::make_shared<const TraceChunk>(slice(partial, parent.shape(), 0, rest)));
    }

    state.tokens_.n = fork_pos;
    const std::size_t n_full_blocks = fork_pos / kChunkTokens;
    const auto& blocks = parent.tokens_.blocks;
    state.tokens_.blocks.assign(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(n_full_blocks));
    if (const std::size_t rest = fork_pos % kChunkTokens; rest != 0) {
        const auto begin = blocks[n_full_blocks]->begin();
        state.tokens_.blocks.push_back(std::make_shared<const TraceSnapshot::TokenBlock>(
            begin, begin + static_cast<std::ptrdiff_t>(rest)));
    }
    return store;
}

void TraceStore::read_dense_from(std::shared_ptr<const DenseSource> source) {
    const std::lock_guard lock(mutex_);
    MOE_CHECK(state_.n_routed_ == 0);
    state_.dense_ = std::move(source);
}

// Only the appending thread changes state_, so it may read it without the lock and prepares what is new
// before it takes the lock: a snapshot never waits for a copy of routing.

void TraceStore::append_tokens(std::span<const TokenRecord> tokens) {
    std::vector<std::shared_ptr<const TraceSnapshot::TokenBlock>> blocks;
    const std::size_t n_before = state_.tokens_.n;
    const std::size_t n_kept = n_before / kChunkTokens;
    TraceSnapshot::TokenBlock block;
    if (n_before % kChunkTokens != 0) block = *state_.tokens_.blocks.back();
    for (const TokenRecord& token : tokens) {
        block.push_back(token);
        if (block.size() < kChunkTokens) continue;
        blocks.push_back(std::make_shared<const TraceSnapshot::TokenBlock>(std::exchange(block, {})));
    }
    if (!block.empty()) blocks.push_back(std::make_shared<const TraceSnapshot::TokenBlock>(std::move(block)));

    const std::lock_guard lock(mutex_);
    state_.tokens_.blocks.resize(n_kept);
    state_.tokens_.blocks.insert(state_.tokens_.blocks.end(), blocks.begin(), blocks.end());
    state_.tokens_.n = n_before + tokens.size();
}

void TraceStore::append_chunk(std::shared_ptr<const TraceChunk> chunk) {
    MOE_CHECK(chunk != nullptr && fits(*chunk, *state_.shape_));
    MOE_CHECK(chunk->first_token == state_.n_routed_ && chunk->end_token() <= state_.tokens_.n);
    if (chunk->n_tokens == 0) return;
    MOE_CHECK(state_.chunks_.empty() || same_columns(*chunk, *state_.chunks_.front()));

    std::vector<std::shared_ptr<const TraceChunk>> added;
    const std::size_t n_kept = state_.n_routed_ / kChunkTokens;
    const std::size_t n_open = state_.n_routed_ % kChunkTokens;
    std::size_t taken = 0;
    if (n_open != 0) {
        taken = std::min(kChunkTokens - n_open, chunk->n_tokens);
        const TraceChunk& open_tail = *state_.chunks_.back();
        added.push_back(std::make_shared<const TraceChunk>(
            taken == chunk->n_tokens ? joined(open_tail, *chunk)
                                     : joined(open_tail, slice(*chunk, *state_.shape_, 0, taken))));
    }
    while (taken < chunk->n_tokens) {
        const std::size_t count = std::min(kChunkTokens, chunk->n_tokens - taken);
        added.push_back(count == chunk->n_tokens ? chunk
                                                 : std::make_shared<const TraceChunk>(
                                                       slice(*chunk, *state_.shape_, taken, count)));
        taken += count;
    }

    const std::lock_guard lock(mutex_);
    state_.chunks_.resize(n_kept);
    state_.chunks_.insert(state_.chunks_.end(), added.begin(), added.end());
    state_.n_routed_ = chunk->end_token();
}

TraceSnapshot TraceStore::snapshot() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

}  // namespace moe
