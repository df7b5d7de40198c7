#pragma once

#include <span>
#include <vector>

#include "engine/blocks/delta_net.h"
#include "engine/blocks/dense_ffn.h"
#include "engine/blocks/gqa_attention.h"
#include "engine/blocks/moe_ffn.h"
#include "engine/kernels/linear.h"

namespace moe {

struct NormWeights {
    std::span<const float> weight;  ///< [d_model]
    std::span<const float> bias;    ///< [d_model] or empty
};

/// How one layer takes up what its token brings (Gemma 3n, Gemma 4).
struct TokenInputWeights {
    WeightMatrix gate;  ///< [d_token_input, d_model]
    WeightMatrix up;    ///< [d_model, d_token_input]
    NormWeights norm_after;
};

/// Weights of one layer. What the layer's spec does not name is empty.
struct LayerWeights {
    NormWeights attention_norm;
    AttentionWeights attention;
    DeltaNetWeights delta_net;  ///< instead, where AttentionSpec::delta_net is there
    NormWeights attention_norm_after;
    NormWeights ffn_norm;
    MoeFfnWeights moe;                                ///< where LayerSpec::moe is there
    NormWeights expert_norm;                          ///< what experts read, where that is not ffn_norm
    std::span<const float> router_scale;              ///< [d_model] where the router reads at unit norm
    DenseFfnWeights dense;                            ///< where LayerSpec::d_ff_dense is not 0
    NormWeights routed_norm_after, dense_norm_after;  ///< of the branches, before their sum
    NormWeights ffn_norm_after;
    TokenInputWeights token_input;
    std::span<const float> output_scale;  ///< [1]
};

/// Where every number of a model lies in its mapped file, which must outlive this.
struct ModelWeights {
    WeightMatrix token_embedding;         ///< [n_vocab, d_model]
    std::span<const float> rope_factors;  ///< [n_rope_dims / 2] divides the rotation's frequencies, or empty
    /// The same where there is room for more positions than RopeScaling::original_context; empty: no others.
    std::span<const float> long_rope_factors;
    std::vector<LayerWeights> layers;
    NormWeights output_norm;
    WeightMatrix output;                      ///< [n_vocab, d_model]; the token embedding where tied
    std::span<const float> output_bias;       ///< [n_vocab]
    WeightMatrix token_input_embedding;       ///< [n_vocab, n_layers * d_token_input]
    WeightMatrix token_input_down;            ///< [n_layers * d_token_input, d_model]
    std::span<const float> token_input_norm;  ///< [d_token_input]
};

}  // namespace moe
