#pragma once

#include <span>
#include <stop_token>

#include "engine/base/matrix.h"
#include "engine/blocks/dense_ffn.h"
#include "engine/blocks/moe_spec.h"
#include "engine/kernels/linear.h"
#include "engine/moe/dispatch.h"
#include "engine/moe/router.h"

namespace moe {

/// Weights of one routed feed-forward. Borrows the mapped file; what the layer has not is empty.
struct MoeFfnWeights {
    WeightMatrix router;                                           ///< [n_experts, d_model]
    std::span<const float> router_bias = {}, selection_bias = {};  ///< [n_experts]
    WeightMatrix expert_gate;  ///< the first of n_experts matrices [d_ff, d_model], one after the other
    WeightMatrix expert_up;    ///< as expert_gate
    WeightMatrix expert_gate_up = {};  ///< instead of both: [2 * d_ff, d_model], the gate's rows first
    WeightMatrix expert_down;          ///< the first of n_experts matrices [d_model, d_ff]
    std::span<const float> gate_bias = {}, up_bias = {};  ///< [n_experts * d_ff]
    std::span<const float> down_bias = {};                ///< [n_experts * d_model]
    std::span<const float> output_scale = {};             ///< [n_experts]
    DenseFfnWeights shared;                               ///< all shared experts side by side
    WeightMatrix shared_gate;                             ///< [1, d_model]
};

/// Memory that is kept from call to call. After `moe_ffn` it holds what the layer decided.
struct MoeFfnScratch {
    Matrix<float> router_logits;  ///< [n_tokens, n_experts]
    Routing routing;
    Matrix<float> branch_norm;  ///< [n_tokens, 3] norms of the routed, shared and dense branch, where asked
                                ///< for (the dense one: 0)
    Dispatch dispatch;
    QuantizedRows rounded_tokens;  ///< the tokens, where the experts read them rounded
    Matrix<float> expert_input;    ///< [n_tokens * top_k, d_model] in grouped order, as the next three; where
                                   ///< not every weight reads_rounded
    Matrix<float> expert_hidden;  ///< [n_tokens * top_k, d_ff]
    Matrix<float> expert_up;      ///< [n_tokens * top_k, d_ff]
    QuantizedRows rounded;        ///< expert_input, then expert_hidden, where the weights read them so
    Matrix<float> expert_output;  ///< [n_tokens * top_k, d_model]
    Matrix<float> mix_weights;    ///< [n_tokens, top_k] factors of the experts' outputs
    Matrix<float> shared_output;  ///< [n_tokens, d_model]
    Matrix<float> shared_gate;    ///< [n_tokens, 1]
    DenseFfnScratch shared;
};

enum class BranchNorms { Skip, Compute };

/// The routed block: router, dispatch, experts, combine, plus the shared experts
/// (Shazeer et al. 2017, arXiv:1701.06538, eq. 1; shared: Dai et al. 2024, arXiv:2401.06066, eq. 9).
///
///   x    [n_tokens, d_model]  normalised hidden state, for the experts
///   router_input  [n_tokens, d_model]  the same, or what the router reads instead
///   out  [n_tokens, d_model]  the branch, without the residual; unspecified once `stop` is requested
void moe_ffn(const MoeSpec& spec, const MoeFfnWeights& weights, MatrixView<const float> x,
             MatrixView<const float> router_input, BranchNorms norms, MoeFfnScratch& scratch,
             ThreadPool& pool, const std::stop_token& stop, MatrixView<float> out);

}  // namespace moe
