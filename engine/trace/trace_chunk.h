#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/trace/packed_column.h"
#include "engine/trace/trace_shape.h"

namespace moe {

/// Most tokens a chunk holds; chunks of a store start at multiples of it (or at a branch's fork).
inline constexpr std::size_t kChunkTokens = 64;

/// The routing of up to kChunkTokens neighbouring tokens; immutable once shared. All columns but
/// `experts` may be empty: what a source does not give is absent, never invented. C order.
struct TraceChunk {
    std::size_t first_token = 0;  ///< position of the first token
    std::size_t n_tokens = 0;
    ExpertColumn experts;                 ///< [token, layer, slot] best first; kNoExpert = unused slot
    WeightColumn weights;                 ///< [token, layer, slot] as applied
    std::vector<float> router_logits;     ///< [token, layer, expert] before the gating function
    std::vector<float> scores;            ///< [token, layer, expert] after it
    std::vector<float> selection;         ///< [token, layer, expert] what was ranked, where it differs
    std::vector<float> branch_norm;       ///< [token, layer, 3] norms of routed, shared, dense output

    std::size_t end_token() const { return first_token + n_tokens; }
};

/// Whether the columns have the sizes that `shape` and `n_tokens` ask for and every expert exists.
bool fits(const TraceChunk& chunk, const TraceShape& shape);

/// Keeps experts and weights in less memory where no value changes by it.
void pack(TraceChunk& chunk);

/// Tokens [first, first + count) of `chunk`, positions relative to the chunk's first token.
TraceChunk slice(const TraceChunk& chunk, const TraceShape& shape, std::size_t first, std::size_t count);

/// `head` followed by `tail`, which must start where head ends and have the same columns.
TraceChunk joined(const TraceChunk& head, const TraceChunk& tail);

}  // namespace moe
