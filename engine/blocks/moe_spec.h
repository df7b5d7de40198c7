#pragma once

#include <cstddef>

#include "engine/moe/gating.h"

namespace moe {

/// A routed feed-forward block.
struct MoeSpec {
    std::size_t n_experts = 0;
    std::size_t top_k = 0;
    std::size_t d_ff = 0;  ///< width of an expert
    Gating gating = Gating::Softmax;
    bool renormalize = false;    ///< scale a token's weights to sum 1
    float weights_scale = 1.0f;  ///< factor after renormalizing
    std::size_t n_shared_experts = 0;
    std::size_t d_ff_shared = 0;  ///< width of all shared experts together
    bool shared_gate = false;     ///< the shared output is multiplied by sigmoid(w.x)
};

}  // namespace moe
