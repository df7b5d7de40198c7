#pragma once

#include "engine/blocks/gqa_attention.h"

namespace moe {

/// Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, eq. 9-19): what is remembered of a position is
/// one narrow vector for all heads, and one rotated key. Arguments as `gqa_attention`; spec.latent is there.
///
/// Absorbed, a head's query is carried into the space of the latent, so that q.k = (K^T q).latent, and heads
/// attend over the latents themselves; what they mix is spread out afterwards. Else every position's keys and
/// values are spread out into the cache.
void mla_attention(const AttentionSpec& spec, const AttentionWeights& weights, float norm_epsilon,
                   MatrixView<const float> x, const RopeTable& rope_table, const KvRows& cache,
                   AttentionScratch& scratch, ThreadPool& pool, const std::stop_token& stop,
                   MatrixView<float> out);

}  // namespace moe
