#pragma once

#include "engine/base/matrix.h"
#include "engine/blocks/dense_ffn.h"
#include "engine/blocks/gqa_attention.h"
#include "engine/blocks/moe_ffn.h"
#include "engine/nn/rope.h"

namespace moe {

/// Everything a forward pass computes and throws away. Kept from pass to pass, so that generating does
/// not allocate.
struct Activations {
    Matrix<float> hidden;      ///< [n_tokens, d_model] the residual stream
    Matrix<float> normalized;  ///< [n_tokens, d_model] what a block reads
    Matrix<float> branch;      ///< [n_tokens, d_model] what a block adds
    RopeTable rope_table;
    AttentionScratch attention;
    MoeFfnScratch moe;
    DenseFfnScratch dense;

    void resize(std::size_t n_tokens, std::size_t d_model) {
        hidden.resize(n_tokens, d_model);
        normalized.resize(n_tokens, d_model);
        branch.resize(n_tokens, d_model);
    }
};

}  // namespace moe
