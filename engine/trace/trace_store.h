#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/trace/dense_source.h"
#include "engine/trace/token.h"
#include "engine/trace/trace_chunk.h"
#include "engine/trace/trace_shape.h"

namespace moe {

/// How a model turns logits into scores, as far as a reader of a trace needs it (FORMATS section 1).
enum class TraceGating { Softmax, Sigmoid, SoftmaxTopK, Other };

/// A run as it was at one moment: a value that never changes and may be read from any thread.
/// Positions count from 0 and include what a branch inherits. The last token may have no routing yet.
class TraceSnapshot {
  public:
    TraceSnapshot() = default;

    const TraceShape& shape() const { return *shape_; }   ///< only where has_shape()
    bool has_shape() const { return shape_ != nullptr; }
    std::size_t n_tokens() const { return tokens_.n; }     ///< tokens known, routed or not
    std::size_t n_routed() const { return n_routed_; }     ///< tokens with routing; <= n_tokens()
    TraceGating gating() const { return gating_; }

    const TokenRecord& token(std::size_t position) const;  ///< position < n_tokens()

    /// The chunk that holds a routed token; position < n_routed().
    const TraceChunk& chunk_of(std::size_t position) const;

    /// Tokens from the beginning whose routing is the other's too, chunk by chunk: all of the shorter one of
    /// two snapshots of a run but an open tail, the common past of two branches.
    std::size_t n_shared_routed(const TraceSnapshot& other) const;
    /// Whether all routing is the other's; never where there is none.
    bool has_same_routing(const TraceSnapshot& other) const {
        return n_routed_ > 0 && n_routed_ == other.n_routed_ && n_shared_routed(other) == n_routed_;
    }

    /// As chunk_of, with the columns that lie in a file; those that cannot be read are absent, and
    /// `dense_failure` says why.
    TraceChunk whole_chunk_of(std::size_t position) const;

    /// One token's slice of a column; position < n_routed(). Empty where the column is absent.
    ExpertsView experts(std::size_t position, std::size_t layer) const;                 ///< [top_k]
    WeightsView weights(std::size_t position, std::size_t layer) const;                 ///< [top_k]
    std::span<const float> branch_norm(std::size_t position, std::size_t layer) const;  ///< [3]

    /// Whether the chosen experts have weights; false while nothing is routed and in dense models.
    bool has_weights() const;
    /// Whether the run has them, or what they are computed from; each may be unreadable all the same.
    bool has_router_logits() const;
    bool has_scores() const;
    /// Why columns that are in a file could not be read; empty while all could.
    std::string dense_failure() const;

    /// The router's logits over all experts, [n_experts]. False (and `out` untouched) where they are absent.
    bool router_logits(std::size_t position, std::size_t layer, std::span<float> out) const;
    /// Scores over all experts: the stored ones, else computed from the logits in float by the model's
    /// gating function. False (and `out` untouched) when the trace has neither.
    bool scores(std::size_t position, std::size_t layer, std::span<float> out) const;
    /// What was ranked: `selection` where stored, else the scores.
    bool selection(std::size_t position, std::size_t layer, std::span<float> out) const;

  private:
    friend class TraceStore;
    using TokenBlock = std::vector<TokenRecord>;
    struct TokenDirectory {
        std::vector<std::shared_ptr<const TokenBlock>> blocks;  // kChunkTokens tokens each, but the last
        std::size_t n = 0;
    };
    std::shared_ptr<const TraceShape> shape_;
    std::vector<std::shared_ptr<const TraceChunk>> chunks_;  // ascending, no gaps; each starts at a multiple of kChunkTokens
    TokenDirectory tokens_;
    std::size_t n_routed_ = 0;
    TraceGating gating_ = TraceGating::Softmax;
    std::shared_ptr<const DenseSource> dense_;  // null: the chunks hold their dense columns

    std::shared_ptr<const TraceChunk> dense_chunk_of(std::size_t position) const;
};

/// A growing run in memory. One thread appends; any thread takes snapshots, which cost a copy of the
/// chunk directory and share the chunks. Chunks of fewer than kChunkTokens tokens are joined, so that a
/// run of any length is a directory of full chunks and one open tail.
class TraceStore {
  public:
    TraceStore(TraceShape shape, TraceGating gating);

    /// A branch: starts with the first `fork_pos` positions of `parent`, shared, not copied.
    static std::shared_ptr<TraceStore> branch(const TraceSnapshot& parent, std::size_t fork_pos);

    /// Dense columns come from there; the chunks have none. Before the first chunk.
    void read_dense_from(std::shared_ptr<const DenseSource> source);

    /// Adds tokens at the end. They have no routing until a chunk covers them.
    void append_tokens(std::span<const TokenRecord> tokens);

    /// Adds the routing of the next tokens. It must start at n_routed(), not end behind n_tokens(), fit
    /// the shape and have the columns that the run's first chunk had; anything else is a bug.
    void append_chunk(std::shared_ptr<const TraceChunk> chunk);

    TraceSnapshot snapshot() const;

  private:
    mutable std::mutex mutex_;
    TraceSnapshot state_;
};

}  // namespace moe
