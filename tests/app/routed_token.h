#pragma once

#include <memory>
#include <vector>

#include "engine/blocks/moe_spec.h"
#include "engine/moe/router.h"
#include "engine/trace/trace_store.h"

namespace moe::test {

/// A trace of one token and one layer, routed by the engine itself as `spec` says.
inline TraceSnapshot routed_token(const std::vector<float>& logits, const MoeSpec& spec,
                                  const std::vector<float>& bias) {
    const Routing routing = route({logits.data(), 1, logits.size()}, {.n_experts = spec.n_experts,
                                                                      .top_k = spec.top_k,
                                                                      .gating = spec.gating,
                                                                      .rank = spec.rank,
                                                                      .n_groups = spec.n_groups,
                                                                      .n_groups_used = spec.n_groups_used,
                                                                      .selection_bias = bias,
                                                                      .renormalize = spec.renormalize,
                                                                      .weights_scale = spec.weights_scale});
    const auto copied = [](const auto& matrix) {
        return std::vector(matrix.values().begin(), matrix.values().end());
    };
    auto chunk = std::make_shared<TraceChunk>();
    chunk->n_tokens = 1;
    chunk->experts = copied(routing.experts);
    chunk->weights = copied(routing.weights);
    chunk->router_logits = logits;
    if (routing.selection.rows() > 0) chunk->selection = copied(routing.selection);
    TraceStore store({.n_layers = 1, .n_experts = spec.n_experts, .top_k = spec.top_k, .layer_ids = {0}},
                     spec.gating == Gating::Softmax   ? TraceGating::Softmax
                     : spec.gating == Gating::Sigmoid ? TraceGating::Sigmoid
                                                      : TraceGating::SoftmaxTopK);
    store.append_tokens(std::vector<TokenRecord>{{.id = 5, .bytes = " a", .logprob = {}}});
    store.append_chunk(std::move(chunk));
    return store.snapshot();
}

}  // namespace moe::test
