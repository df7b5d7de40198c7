#pragma once

#include <span>
#include <stop_token>

#include "engine/base/matrix.h"
#include "engine/blocks/attention_spec.h"
#include "engine/kernels/linear.h"
#include "engine/nn/rope.h"

namespace moe {

/// Weights that squeeze keys and values through the latent, and spread them out again.
struct LatentWeights {
    WeightMatrix query_down;            ///< [d_query_latent, d_model]; queries are `query` of its output
    std::span<const float> query_norm;  ///< [d_query_latent]
    WeightMatrix down;                  ///< [d_latent + n_rope_dims, d_model]
    std::span<const float> norm;        ///< [d_latent]
    WeightMatrix key_up;    ///< absorbed: the first of n_heads matrices [d_latent, d_head - n_rope_dims]
    WeightMatrix value_up;  ///< absorbed: the first of n_heads matrices [d_value, d_latent]
    WeightMatrix spread;    ///< else: [n_heads * (d_head - n_rope_dims + d_value), d_latent]
};

/// Memory of latent attention that is kept from call to call.
struct LatentScratch {
    Matrix<float> query_latent;  ///< [n_tokens, d_query_latent]
    Matrix<float> projected;     ///< [n_tokens, n_heads * d_head] queries as they are projected
    Matrix<float> squeezed;      ///< [n_tokens, d_latent + n_rope_dims]
    Matrix<float> spread;        ///< [n_tokens, n_heads * (d_head - n_rope_dims + d_value)]
    Matrix<float> mixed;         ///< [n_tokens, n_heads * d_latent]
};

/// Weights of one layer's attention. Borrows the mapped file; what the layer has not is empty.
struct AttentionWeights {
    /// [n_heads * d_head, d_model]; with an output gate a head's gate follows its query: [n_heads * 2 *
    /// d_head]
    WeightMatrix query;   ///< [n_heads * d_head, d_model]
    WeightMatrix key;     ///< [n_kv_heads * d_head, d_model]
    WeightMatrix value;   ///< [n_kv_heads * d_value, d_model]
    WeightMatrix output;  ///< [d_model, n_heads * d_value]
    std::span<const float> query_bias, key_bias, value_bias, output_bias;  ///< one number an output
    std::span<const float> query_norm, key_norm;  ///< [d_head], or the whole projection
    std::span<const float> sinks;                 ///< [n_heads]
    LatentWeights latent;                         ///< instead of key and value, where there is a latent
};

/// Memory that is kept from call to call.
struct AttentionScratch {
    Matrix<float> queries;  ///< [n_tokens, n_heads * d_head]
    Matrix<float> mixed;    ///< [n_tokens, n_heads * d_value]
    Matrix<float> gated;    ///< [n_tokens, n_heads * 2 * d_head] queries and gates
    LatentScratch latent;
};

/// The rows of the cache that attention reads and, at its end, fills; filled already where the layer reads
/// another's.
struct KvRows {
    std::size_t first_position = 0;  ///< of the batch; rows before it are filled
    MatrixView<float> keys;          ///< [n_ctx, key_width]
    MatrixView<float> values;        ///< [n_ctx, value_width]
};

/// Grouped-query attention: project, normalise and rotate queries and keys, append keys and values to
/// the cache, attend, project back (arXiv:2305.13245; query-key norm: arXiv:2302.05442, section 2). What the
/// spec names beside that happens in this order: bias, clamp, norm, rotation, temperature.
///
///   x    [n_tokens, d_model]  normalised hidden state
///   out  [n_tokens, d_model]  the branch, without the residual; unspecified once `stop` is requested
void gqa_attention(const AttentionSpec& spec, const AttentionWeights& weights, float norm_epsilon,
                   MatrixView<const float> x, const RopeTable& rope_table, const KvRows& cache,
                   AttentionScratch& scratch, ThreadPool& pool, const std::stop_token& stop,
                   MatrixView<float> out);

}  // namespace moe
