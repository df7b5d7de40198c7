#pragma once

#include <span>
#include <vector>

#include "engine/base/matrix_view.h"
#include "engine/blocks/attention_spec.h"

namespace moe::test {

// What engine/blocks computes of a whole text, from its first token on, in double and by definition. Results
// are [n_tokens, d_model].

/// The weights of latent attention with keys and values spread out, whatever the engine does with them.
struct NaiveLatentWeights {
    MatrixView<const float> query_down;  ///< [d_query_latent, d_model]; no rows where queries come straight
    std::span<const float> query_norm;
    MatrixView<const float>
        query;  ///< [n_heads * d_head, d_query_latent or d_model]; a head is [rest, rotated]
    MatrixView<const float> down;  ///< [d_latent + n_rope_dims, d_model]
    std::span<const float> norm;   ///< [d_latent]
    MatrixView<const float>
        spread;  ///< [n_heads * (d_rest + d_value), d_latent]; a head's keys, then its values
    MatrixView<const float> output;  ///< [d_model, n_heads * d_value]
};

/// DeepSeek-V2, arXiv:2405.04434, eq. 9-19: keys and values of every head at every position.
std::vector<double> naive_mla_attention(const AttentionSpec& spec, const NaiveLatentWeights& weights,
                                        double epsilon, MatrixView<const float> x);

struct NaiveDeltaNetWeights {
    MatrixView<const float> qkv, gate, conv, beta, alpha, output;  ///< as in DeltaNetWeights
    std::span<const float> dt_bias, a, norm;
};

/// Yang et al. 2024, arXiv:2412.06464, eq. 10, with the matrix products written out.
std::vector<double> naive_delta_net(const DeltaNetSpec& spec, const NaiveDeltaNetWeights& weights,
                                    double epsilon, MatrixView<const float> x);

}  // namespace moe::test
