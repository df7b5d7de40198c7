#pragma once

#include <cstddef>
#include <span>
#include <stop_token>

#include "engine/base/matrix_view.h"
#include "engine/base/thread_pool.h"

namespace moe {

struct AttentionShape {
    std::size_t n_heads = 0;
    std::size_t n_kv_heads = 0;  ///< divides n_heads
    std::size_t d_head = 0;
    std::size_t d_value = 0;
    float score_scale = 0.0f;
    float score_cap = 0.0f;  ///< scores become cap * tanh(score / cap); 0: they stay as they are
    std::size_t window = 0;  ///< positions a token sees, itself included; 0: all
    std::size_t chunk = 0;   ///< a token sees no position before its own multiple of this; 0: all
    std::span<const float> sinks =
        {};  ///< [n_heads] a score each that competes and brings no value, or empty
};

/// Causal attention of neighbouring tokens over everything up to themselves: for each head,
/// softmax(q k^T scale) v (Vaswani et al. 2017, arXiv:1706.03762, eq. 1). Heads share keys and values in
/// groups of n_heads / n_kv_heads (Ainslie et al. 2023, arXiv:2305.13245). A sink lets a head look at nothing
/// (Xiao et al. 2023, arXiv:2309.17453, eq. 2, with a learned logit).
///
///   queries  [n_tokens, n_heads * d_head]       token i stands at position first_position + i
///   keys     [>= first_position + n_tokens, n_kv_heads * d_head]
///   values   [as keys, n_kv_heads * d_value]
///   out      [n_tokens, n_heads * d_value]      unspecified once `stop` is requested
void attention(const AttentionShape& shape, std::size_t first_position, MatrixView<const float> queries,
               MatrixView<const float> keys, MatrixView<const float> values, MatrixView<float> out,
               ThreadPool& pool, const std::stop_token& stop);

}  // namespace moe
