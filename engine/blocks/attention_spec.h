#pragma once

#include <cstddef>

#include "engine/nn/rope.h"

namespace moe {

/// Grouped-query attention of one layer. Lengths in floats.
struct AttentionSpec {
    std::size_t n_heads = 0;
    std::size_t n_kv_heads = 0;
    std::size_t d_head = 0;       ///< of q and k
    std::size_t d_value = 0;      ///< of v
    std::size_t n_rope_dims = 0;  ///< the first of d_head that are rotated
    RopeOrder rope_order = RopeOrder::Halves;
    double rope_base = 10000.0;
    enum class QkNorm { None, PerHead, WholeProjection } qk_norm = QkNorm::None;
    bool qkv_bias = false;     ///< a bias is added to q, k and v
    float score_scale = 0.0f;  ///< multiplies q.k; usually 1/sqrt(d_head)
};

}  // namespace moe
