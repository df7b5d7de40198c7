#pragma once

#include <span>
#include <vector>

#include "engine/blocks/dense_ffn.h"
#include "engine/blocks/gqa_attention.h"
#include "engine/blocks/moe_ffn.h"
#include "engine/kernels/linear.h"

namespace moe {

/// Weights of one layer. What the layer's spec does not name is empty.
struct LayerWeights {
    std::span<const float> attention_norm;  ///< [d_model]
    AttentionWeights attention;
    std::span<const float> ffn_norm;  ///< [d_model]
    MoeFfnWeights moe;                ///< where LayerSpec::moe is there
    DenseFfnWeights dense;            ///< where it is not
};

/// Where every number of a model lies in its mapped file, which must outlive this.
struct ModelWeights {
    WeightMatrix token_embedding;         ///< [n_vocab, d_model]
    std::span<const float> rope_factors;  ///< [n_rope_dims / 2] divides the rotation's frequencies, or empty
    std::vector<LayerWeights> layers;
    std::span<const float> output_norm;  ///< [d_model]
    WeightMatrix output;                 ///< [n_vocab, d_model]; the token embedding where tied
};

}  // namespace moe
