#pragma once

#include <span>

#include "engine/base/thread_pool.h"
#include "engine/base/token_id.h"
#include "engine/model/activations.h"
#include "engine/model/model_spec.h"
#include "engine/model/model_weights.h"

namespace moe {

// Beside its embedding, a token of Gemma 3n and Gemma 4 may bring a narrow vector to every layer ("per-layer
// embedding"): one half looked up, one half projected from the embedding.

/// Fills `token_inputs` from the tokens and from `hidden`, which holds their scaled embeddings.
void embed_token_inputs(const ModelSpec& spec, const ModelWeights& weights, std::span<const TokenId> tokens,
                        ThreadPool& pool, Activations& activations);

/// hidden += norm(up(gelu(gate hidden) * input of `layer`)).
void add_token_input(const ModelSpec& spec, const TokenInputWeights& weights, std::size_t layer,
                     ThreadPool& pool, Activations& activations);

}  // namespace moe
