#pragma once

#include "engine/base/matrix.h"
#include "engine/blocks/delta_net.h"
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
    Matrix<float> layer_input;   ///< [n_tokens, d_model] `hidden` before attention, where a layer asks for it
    Matrix<float> expert_input;  ///< [n_tokens, d_model] what experts read, where that is not `normalized`
    Matrix<float> router_input;  ///< [n_tokens, d_model] what the router reads, where it differs
    Matrix<float> dense_branch;  ///< [n_tokens, d_model] what the feed-forward beside the experts adds
    Matrix<float> token_inputs;  ///< [n_tokens, n_layers * d_token_input]
    Matrix<float> token_gate;    ///< [n_tokens, d_token_input]
    AttentionScratch attention;
    DeltaNetScratch delta_net;
    MoeFfnScratch moe;
    DenseFfnScratch dense;

    void resize(std::size_t n_tokens, std::size_t d_model) {
        hidden.resize(n_tokens, d_model);
        normalized.resize(n_tokens, d_model);
        branch.resize(n_tokens, d_model);
    }
};

}  // namespace moe
