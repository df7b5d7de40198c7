#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/base/matrix.h"
#include "engine/moe/gating.h"

namespace moe {

struct RouterConfig {
    std::size_t n_experts = 0;
    std::size_t top_k = 0;
    Gating gating = Gating::Softmax;
    /// Llama 4 ranks the logits, everyone else the scores.
    enum class Rank { Scores, Logits } rank = Rank::Scores;
    std::size_t n_groups = 1;                    ///< neighbouring experts, equally many a group
    std::size_t n_groups_used = 1;               ///< experts of the other groups cannot be chosen
    std::span<const float> selection_bias = {};  ///< [n_experts] for choosing, never for mixing; or empty
    bool renormalize = false;                    ///< scale a token's weights to sum 1
    float weights_scale = 1.0f;                  ///< factor after renormalizing
};

/// What a router decided for a batch of tokens.
struct Routing {
    Matrix<float> scores;     ///< [n_tokens, n_experts]
    Matrix<float> selection;  ///< [n_tokens, n_experts] what was ranked; no rows where that is the scores
    Matrix<std::uint16_t> experts;  ///< [n_tokens, top_k] slot 0 is the token's favourite
    Matrix<float> weights;          ///< [n_tokens, top_k] as applied
};

/// What `selection` holds for experts of a group that lost: finite, so that it can be stored and drawn.
inline constexpr float kLostGroup = -1e30f;

/// The gating function over all experts, then the `top_k` largest of what is ranked: the scores, plus the
/// selection bias (Wang et al. 2024, arXiv:2408.15664), within the groups whose two best experts have the
/// largest sums (DeepSeek-V3, arXiv:2412.19437, section 2.1.2). The weights come from the scores alone.
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
