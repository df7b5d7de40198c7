#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/base/matrix.h"
#include "engine/moe/gating.h"

namespace moe {

struct RouterConfig {
    std::size_t n_experts = 0;
    std::size_t top_k = 0;
    Gating gating = Gating::Softmax;
    bool renormalize = false;    ///< scale a token's weights to sum 1
    float weights_scale = 1.0f;  ///< factor after renormalizing
};

/// What a router decided for a batch of tokens.
struct Routing {
    Matrix<float> scores;           ///< [n_tokens, n_experts]
    Matrix<std::uint16_t> experts;  ///< [n_tokens, top_k] slot 0 is the token's favourite
    Matrix<float> weights;          ///< [n_tokens, top_k] as applied
};

/// The gating function over all experts, then the `top_k` largest scores.
///
///   router_logits  [n_tokens, n_experts]  router output, before the gating function
///
/// `renormalize` makes a token's kept weights sum to 1, which after a softmax equals a softmax over the
/// kept logits (Shazeer et al. 2017, arXiv:1701.06538, eq. 3 and 5, without the noise of eq. 4; Mixtral).
/// Without it they keep their share of the full softmax (OLMoE). Ties go to the lower expert index,
/// so that equal logits give equal routing everywhere.
Routing route(MatrixView<const float> router_logits, const RouterConfig& config);

/// As `route`, into memory that is kept from call to call.
void route_into(MatrixView<const float> router_logits, const RouterConfig& config, Routing& routing);

}  // namespace moe
