#pragma once

#include <cstddef>
#include <optional>

#include "engine/nn/rope.h"

namespace moe {

/// Keys and values through a narrow vector (multi-head latent attention, DeepSeek-V2, arXiv:2405.04434,
/// section 2.1). A head is [rotated part, the rest]; the rotated part of the keys is shared by all heads.
struct LatentSpec {
    std::size_t d_latent = 0;        ///< what is remembered of a position, beside the rotated part
    std::size_t d_query_latent = 0;  ///< queries come through a narrow vector too; 0: straight
    /// The cache holds the latent itself and heads attend over it (section 2.1.2); else keys and values are
    /// spread out into the cache, as files of the older layout need.
    bool is_absorbed = false;
};

/// A layer that remembers a matrix a head instead of keys and values (gated delta net, Yang et al. 2024,
/// arXiv:2412.06464, eq. 10).
struct DeltaNetSpec {
    std::size_t n_key_heads = 0;
    std::size_t n_value_heads = 0;  ///< a multiple of n_key_heads
    std::size_t d_key = 0;
    std::size_t d_value = 0;
    std::size_t n_conv = 0;  ///< inputs that the convolution before it sees
    /// Which key head value head h has: neighbours share one (h / ratio), or they take turns (h mod
    /// n_key_heads).
    enum class HeadOrder { Grouped, Tiled } head_order = HeadOrder::Grouped;

    std::size_t n_channels() const { return 2 * n_key_heads * d_key + n_value_heads * d_value; }
    /// Floats of memory: the last inputs of the convolution, then [n_value_heads, d_key, d_value].
    std::size_t state_size() const { return (n_conv - 1) * n_channels() + n_value_heads * d_key * d_value; }
};

/// Attention of one layer. Lengths in floats.
struct AttentionSpec {
    std::size_t n_heads = 0;
    std::size_t n_kv_heads = 0;
    std::size_t d_head = 0;       ///< of q and k
    std::size_t d_value = 0;      ///< of v
    std::size_t n_rope_dims = 0;  ///< the first of d_head that are rotated; 0: no rotation
    RopeOrder rope_order = RopeOrder::Halves;
    double rope_base = 10000.0;
    RopeScaling rope_scaling = {};
    bool has_rope_factors = true;  ///< where the file has any, they stretch this layer's wavelengths
    enum class QkNorm { None, PerHead, WholeProjection, UnitPerHead } qk_norm = QkNorm::None;
    bool norm_after_rope = false;  ///< else queries and keys are normalised before they are rotated
    bool values_are_keys = false;  ///< values are the keys as projected
    bool value_norm = false;       ///< values are normalised, without weight
    /// An earlier layer whose keys and values this one reads: it computes and keeps none of its own
    /// (Brandon et al. 2024, arXiv:2405.12981).
    std::optional<std::size_t> kv_layer;
    /// Biases that are added to q, k and v, and to the output. Optional: each is there where the file has it.
    enum class Bias { None, Optional, Required } qkv_bias = Bias::None, output_bias = Bias::None;
    float qkv_clamp = 0.0f;            ///< q, k and v stay within +- this; 0: as they are
    float score_scale = 0.0f;          ///< multiplies q.k; usually 1/sqrt(d_head)
    float score_cap = 0.0f;            ///< scores become cap * tanh(score / cap); 0: as they are
    bool has_sinks = false;            ///< a learned score a head that competes and brings no value
    std::size_t window = 0;            ///< positions a token sees, itself included; 0: all
    std::size_t chunk = 0;             ///< a token sees no position before its own multiple of this; 0: all
    std::size_t temperature_step = 0;  ///< queries grow by 0.1 ln(1 + floor((position + 1) / this)); 0: not
    bool output_gate = false;          ///< queries bring a gate: what a head mixed is times sigmoid(gate)
    std::optional<LatentSpec> latent;
    std::optional<DeltaNetSpec> delta_net;  ///< instead of attention

    /// Floats that the cache keeps of a position.
    std::size_t key_width() const {
        if (delta_net || kv_layer) return 0;
        return is_absorbed() ? latent->d_latent + n_rope_dims : n_kv_heads * d_head;
    }
    /// None where values are a part of the keys.
    std::size_t value_width() const {
        return delta_net || kv_layer || is_absorbed() ? 0 : n_kv_heads * d_value;
    }
    bool is_absorbed() const { return latent && latent->is_absorbed; }
};

}  // namespace moe
