#pragma once

#include <span>
#include <stop_token>

#include "engine/base/matrix.h"
#include "engine/blocks/attention_spec.h"
#include "engine/kernels/linear.h"

namespace moe {

/// Weights of one delta net. Borrows the mapped file; what the layer has not is empty.
struct DeltaNetWeights {
    WeightMatrix qkv;                ///< [n_channels, d_model] queries, keys, values
    WeightMatrix gate;               ///< [n_value_heads * d_value, d_model]
    std::span<const float> conv;     ///< [n_channels, n_conv] the oldest input first
    WeightMatrix beta_alpha;         ///< [2 * n_value_heads, d_model]; a key head's betas, then its alphas
    WeightMatrix beta, alpha;        ///< instead: [n_value_heads, d_model] each
    std::span<const float> dt_bias;  ///< [n_value_heads]
    std::span<const float> a;        ///< [n_value_heads] below 0
    std::span<const float> norm;     ///< [d_value]
    WeightMatrix output;             ///< [d_model, n_value_heads * d_value]
};

/// Memory that is kept from call to call.
struct DeltaNetScratch {
    Matrix<float> inputs;      ///< [n_conv - 1 + n_tokens, n_channels] of the convolution
    Matrix<float> qkv;         ///< [n_tokens, n_channels] its outputs
    Matrix<float> gate;        ///< [n_tokens, n_value_heads * d_value]
    Matrix<float> beta_alpha;  ///< [n_tokens, 2 * n_value_heads]
    Matrix<float> mixed;       ///< [n_tokens, n_value_heads * d_value]
};

/// Gated delta net: a short convolution of queries, keys and values; then each head's matrix S decays,
/// unlearns what it holds under the key, learns the value, and is read with the query (Yang et al. 2024,
/// arXiv:2412.06464, eq. 10): S = a S + k (b (v - k^T a S))^T, out = q^T S.
///
///   x      [n_tokens, d_model]   normalised hidden state
///   state  [spec.state_size()]   read and overwritten; unspecified once `stop` is requested
///   out    [n_tokens, d_model]   the branch, without the residual; unspecified once `stop` is requested
void delta_net(const DeltaNetSpec& spec, const DeltaNetWeights& weights, float norm_epsilon,
               MatrixView<const float> x, std::span<float> state, DeltaNetScratch& scratch, ThreadPool& pool,
               const std::stop_token& stop, MatrixView<float> out);

}  // namespace moe
