#pragma once

#include <cstddef>

#include "engine/moe/gating.h"
#include "engine/moe/router.h"
#include "engine/nn/gated_activation.h"

namespace moe {

/// A routed feed-forward block.
struct MoeSpec {
    std::size_t n_experts = 0;
    std::size_t top_k = 0;
    std::size_t d_ff = 0;  ///< width of an expert
    Gating gating = Gating::Softmax;
    RouterConfig::Rank rank = RouterConfig::Rank::Scores;
    std::size_t n_groups = 1;                  ///< neighbouring experts, equally many a group
    std::size_t n_groups_used = 1;             ///< groups a token may choose from
    bool router_bias = false;                  ///< added to the router's logits
    bool selection_bias = false;               ///< added to the scores for choosing, never for mixing
    bool renormalize = false;                  ///< scale a token's weights to sum 1
    float weights_scale = 1.0f;                ///< factor after renormalizing
    Activation activation = Activation::Silu;  ///< of routed and shared experts
    bool expert_bias = false;                  ///< after each of an expert's products
    bool weighs_input = false;                 ///< an expert's input is weighted, not its output
    bool output_scale = false;                 ///< a factor an expert for its output, beside the weights

    /// What experts read: the layer's normalised hidden state; the hidden state through a norm of their
    /// own; or so the hidden state that came into the layer, before attention.
    enum class ExpertsRead { FfnNorm, OwnNorm, OwnNormOfLayerInput } experts_read = ExpertsRead::FfnNorm;
    /// What the router reads: what experts read; the hidden state that came into the layer; or the hidden
    /// state at unit RMS, times a learned scale, divided by sqrt(d_model).
    enum class RouterReads { AsExperts, LayerInput, UnitNorm } router_reads = RouterReads::AsExperts;
    std::size_t n_shared_experts = 0;
    std::size_t d_ff_shared = 0;  ///< width of all shared experts together
    bool shared_gate = false;     ///< the shared output is multiplied by sigmoid(w.x)
};

}  // namespace moe
