#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/trace/trace_store.h"

namespace moe::test {

struct TextTraceOptions {
    std::size_t n_experts = 0;
    TraceGating gating = TraceGating::Softmax;
};

/// A trace drawn as text: rows are tokens, columns are MoE layers; "2.0" is the token's experts 2 and 0,
/// best first; "-" is an unused slot. Only the experts column is there; token ids count from 0.
TraceSnapshot trace_from_text(std::string_view text, const TextTraceOptions& options);

/// Which columns random chunks have beside the experts.
struct RandomColumns {
    bool weights = true;
    bool router_logits = true;
    bool scores = false;
    bool selection = false;
    bool branch_norm = false;
};

TraceShape make_shape(std::size_t n_layers, std::size_t n_experts, std::size_t top_k);

/// `n_tokens` tokens from position `first_token`; each draws top_k different experts, one in sixteen slots
/// at the end is unused. The values depend on the seed and the position only, not on how chunks are cut.
TraceChunk random_chunk(std::uint64_t seed, const TraceShape& shape, std::size_t first_token,
                        std::size_t n_tokens, const RandomColumns& columns = {});

/// Chunks of different shapes and lengths, with their shapes, for properties that hold for any trace.
struct ShapedChunk {
    TraceShape shape;
    TraceChunk chunk;
};
std::vector<ShapedChunk> random_chunks(std::uint64_t seed, std::size_t count);

/// Tokens for positions [first, first + count): prefill before `n_prefill`, decode with a logprob behind it.
std::vector<TokenRecord> random_tokens(std::uint64_t seed, std::size_t first, std::size_t count,
                                       std::size_t n_prefill);

/// A copy of a token's logits; empty where they are absent.
std::vector<float> router_logits_of(const TraceSnapshot& trace, std::size_t position, std::size_t layer);

/// A whole run: tokens and their routing.
TraceSnapshot random_trace(std::uint64_t seed, const TraceShape& shape, std::size_t n_tokens,
                           const RandomColumns& columns = {}, TraceGating gating = TraceGating::Softmax);
/// A run of small random weights in which one of 40 tokens gives its first expert of a layer nearly everything.
TraceSnapshot spiky_trace(std::uint64_t seed, const TraceShape& shape, std::size_t n_tokens);
/// One chunk as a run of its own; it must start at position 0.
TraceSnapshot trace_of(const ShapedChunk& shaped, TraceGating gating = TraceGating::Softmax);

}  // namespace moe::test
