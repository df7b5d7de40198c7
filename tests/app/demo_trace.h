#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/rng.h"
#include "engine/trace/trace_store.h"

namespace moe::test {

/// Which columns a made-up trace has.
struct DemoTraceOptions {
    std::size_t n_layers = 6;
    std::size_t n_experts = 16;
    std::size_t top_k = 2;
    bool has_weights = true;
    bool has_logits = true;
    std::vector<std::int32_t> layer_ids = {};  ///< empty: as they come
};

inline std::shared_ptr<TraceStore> demo_store(const DemoTraceOptions& options) {
    TraceShape shape{.n_layers = options.n_layers,
                     .n_experts = options.n_experts,
                     .top_k = options.top_k,
                     .layer_ids = options.layer_ids};
    for (std::size_t layer = shape.layer_ids.size(); layer < options.n_layers; ++layer)
        shape.layer_ids.push_back(static_cast<std::int32_t>(layer));
    return std::make_shared<TraceStore>(shape, TraceGating::Softmax);
}

/// Words of a story, sums, and scripts that a text view must survive.
inline TokenRecord demo_token(std::size_t position) {
    static const std::vector<std::string> kPieces{" take",
                                                  " as",
                                                  " many",
                                                  " apples",
                                                  " as",
                                                  " you",
                                                  " like",
                                                  ".\"",
                                                  " Rusty",
                                                  " and",
                                                  " Mia",
                                                  " count",
                                                  "ed",
                                                  " ",
                                                  "1",
                                                  ",",
                                                  " ",
                                                  "2",
                                                  ",",
                                                  "\n",
                                                  "3",
                                                  " !=",
                                                  "->",
                                                  " \u0434\u043E\u043C",
                                                  "\u4F60\u597D",
                                                  " \u0645\u0631\u062D\u0628\u0627",
                                                  "\xE2\x82",
                                                  " antidisestablishmentarianism"};
    return {.id = static_cast<TokenId>(position % kPieces.size() + 100),
            .bytes = kPieces[position % kPieces.size()],
            .phase = position < 35 ? Phase::Prefill : Phase::Decode,
            .t_ns = 0,
            .logprob = std::nullopt};
}

inline float uniform(Rng& rng) { return static_cast<float>(rng.uniform()); }

/// The `top_k` best of `logits` first, softmax over them as weights.
inline void add_routing(TraceChunk& chunk, const std::vector<float>& logits,
                        const DemoTraceOptions& options) {
    std::vector<std::size_t> order(logits.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
    double sum = 0;
    for (std::size_t slot = 0; slot < options.top_k; ++slot)
        sum += std::exp(static_cast<double>(logits[order[slot]]));
    for (std::size_t slot = 0; slot < options.top_k; ++slot) {
        chunk.experts.push_back(static_cast<std::uint16_t>(order[slot]));
        if (options.has_weights)
            chunk.weights.push_back(
                static_cast<float>(std::exp(static_cast<double>(logits[order[slot]])) / sum));
    }
    if (options.has_logits)
        chunk.router_logits.insert(chunk.router_logits.end(), logits.begin(), logits.end());
}

/// Appends `n` routed tokens; what they are depends on their position only.
inline void append_demo_tokens(TraceStore& store, std::size_t n, const DemoTraceOptions& options) {
    std::size_t position = store.snapshot().n_tokens();
    for (const std::size_t end = position + n; position < end;) {
        auto chunk = std::make_shared<TraceChunk>();
        chunk->first_token = position;
        chunk->n_tokens = std::min(end - position, kChunkTokens - position % kChunkTokens);
        std::vector<TokenRecord> tokens;
        for (std::size_t i = 0; i < chunk->n_tokens; ++i) {
            tokens.push_back(demo_token(position + i));
            Rng rng(position + i);
            for (std::size_t layer = 0; layer < options.n_layers; ++layer) {
                std::vector<float> logits(options.n_experts);
                for (std::size_t e = 0; e < logits.size(); ++e) {
                    const bool is_favourite = (e * 7 + layer * 5) % options.n_experts < options.n_experts / 8;
                    logits[e] =
                        4.0f * uniform(rng) + (is_favourite ? 1.2f : 0.0f) + (e % 11 == 10 ? -3.0f : 0.0f);
                }
                add_routing(*chunk, logits, options);
            }
        }
        position += chunk->n_tokens;
        store.append_tokens(tokens);
        store.append_chunk(std::move(chunk));
    }
}

inline TraceSnapshot demo_trace(std::size_t n_tokens, const DemoTraceOptions& options = {}) {
    const std::shared_ptr<TraceStore> store = demo_store(options);
    append_demo_tokens(*store, n_tokens, options);
    return store->snapshot();
}

}  // namespace moe::test
