#include "engine/families/bind_attention.h"

namespace moe {
namespace {

/// Queries, keys and values: three matrices, or one with their rows in this order.
Result<void> bind_projections(TensorTable& tensors, const std::string& block, const AttentionSpec& spec,
                              std::size_t d_model, AttentionWeights& weights) {
    const std::size_t n_query = spec.n_heads * spec.d_head;
    const std::size_t n_key = spec.n_kv_heads * spec.d_head;
    const std::size_t n_value = spec.n_kv_heads * spec.d_value;
    if (spec.kv_layer) {
        MOE_TRY(weights.query, tensors.matrix(block + "attn_q.weight", n_query, d_model));
        for (const char* const unread : {"attn_k.", "attn_k_norm.", "attn_v."})
            tensors.ignore(block + unread);
        return {};
    }
    if (!spec.output_gate && tensors.contains(block + "attn_qkv.weight")) {
        MOE_TRY(const WeightMatrix all,
                tensors.matrix(block + "attn_qkv.weight", n_query + n_key + n_value, d_model));
        weights.query = all.rows_from(0, n_query);
        weights.key = all.rows_from(n_query, n_key);
        weights.value = all.rows_from(n_query + n_key, n_value);
        return {};
    }
    const std::size_t n_gate = spec.output_gate ? n_query : 0;
    MOE_TRY(weights.query, tensors.matrix(block + "attn_q.weight", n_query + n_gate, d_model));
    MOE_TRY(weights.key, tensors.matrix(block + "attn_k.weight", n_key, d_model));
    weights.value = weights.key;
    if (spec.values_are_keys) return {};
    MOE_TRY(weights.value, tensors.matrix(block + "attn_v.weight", n_value, d_model));
    return {};
}

Result<std::span<const float>> bind_bias(TensorTable& tensors, const std::string& name,
                                         AttentionSpec::Bias bias, std::size_t n) {
    if (bias == AttentionSpec::Bias::None) return std::span<const float>();
    return bias == AttentionSpec::Bias::Required ? tensors.vector(name, n) : tensors.optional_vector(name, n);
}

Result<void> bind_qkv_biases(TensorTable& tensors, const std::string& block, const AttentionSpec& spec,
                             AttentionWeights& weights) {
    if (spec.qkv_bias == AttentionSpec::Bias::None) return {};
    const std::size_t n_query = spec.n_heads * spec.d_head;
    const std::size_t n_key = spec.n_kv_heads * spec.d_head;
    const std::size_t n_value = spec.n_kv_heads * spec.d_value;
    if (tensors.contains(block + "attn_qkv.bias")) {
        MOE_TRY(const std::span<const float> all,
                tensors.vector(block + "attn_qkv.bias", n_query + n_key + n_value));
        weights.query_bias = all.first(n_query);
        weights.key_bias = all.subspan(n_query, n_key);
        weights.value_bias = all.last(n_value);
        return {};
    }
    MOE_TRY(weights.query_bias, bind_bias(tensors, block + "attn_q.bias", spec.qkv_bias, n_query));
    MOE_TRY(weights.key_bias, bind_bias(tensors, block + "attn_k.bias", spec.qkv_bias, n_key));
    MOE_TRY(weights.value_bias, bind_bias(tensors, block + "attn_v.bias", spec.qkv_bias, n_value));
    return {};
}

Result<void> bind_qk_norms(TensorTable& tensors, const std::string& block, const AttentionSpec& spec,
                           AttentionWeights& weights) {
    using QkNorm = AttentionSpec::QkNorm;
    if (spec.qk_norm == QkNorm::None || spec.qk_norm == QkNorm::UnitPerHead) return {};
    const bool whole = spec.qk_norm == QkNorm::WholeProjection;
    MOE_TRY(weights.query_norm,
            tensors.vector(block + "attn_q_norm.weight", whole ? spec.n_heads * spec.d_head : spec.d_head));
    if (spec.kv_layer) return {};
    MOE_TRY(weights.key_norm, tensors.vector(block + "attn_k_norm.weight",
                                             whole ? spec.n_kv_heads * spec.d_head : spec.d_head));
    return {};
}

Result<void> bind_latent(TensorTable& tensors, const std::string& block, const AttentionSpec& spec,
                         std::size_t d_model, AttentionWeights& weights) {
    const LatentSpec& latent = *spec.latent;
    const std::size_t d_rest = spec.d_head - spec.n_rope_dims;
    LatentWeights& bound = weights.latent;
    const std::size_t n_query = spec.n_heads * spec.d_head;
    if (latent.d_query_latent == 0) {
        MOE_TRY(weights.query, tensors.matrix(block + "attn_q.weight", n_query, d_model));
    } else {
        MOE_TRY(bound.query_down, tensors.matrix(block + "attn_q_a.weight", latent.d_query_latent, d_model));
        MOE_TRY(bound.query_norm, tensors.vector(block + "attn_q_a_norm.weight", latent.d_query_latent));
        MOE_TRY(weights.query, tensors.matrix(block + "attn_q_b.weight", n_query, latent.d_query_latent));
    }
    MOE_TRY(bound.down,
            tensors.matrix(block + "attn_kv_a_mqa.weight", latent.d_latent + spec.n_rope_dims, d_model));
    MOE_TRY(bound.norm, tensors.vector(block + "attn_kv_a_norm.weight", latent.d_latent));
    if (latent.is_absorbed) {
        MOE_TRY(bound.key_up,
                tensors.stack(block + "attn_k_b.weight", spec.n_heads, latent.d_latent, d_rest));
        MOE_TRY(bound.value_up,
                tensors.stack(block + "attn_v_b.weight", spec.n_heads, spec.d_value, latent.d_latent));
    } else {
        MOE_TRY(bound.spread, tensors.matrix(block + "attn_kv_b.weight",
                                             spec.n_heads * (d_rest + spec.d_value), latent.d_latent));
    }
    return {};
}

}  // namespace

Result<AttentionWeights> bind_attention(TensorTable& tensors, const std::string& block,
                                        const AttentionSpec& spec, std::size_t d_model) {
    AttentionWeights weights;
    if (spec.latent) {
        MOE_TRY(bind_latent(tensors, block, spec, d_model, weights));
    } else {
        MOE_TRY(bind_projections(tensors, block, spec, d_model, weights));
        MOE_TRY(bind_qkv_biases(tensors, block, spec, weights));
        MOE_TRY(bind_qk_norms(tensors, block, spec, weights));
    }
    MOE_TRY(weights.output,
            tensors.matrix(block + "attn_output.weight", d_model, spec.n_heads * spec.d_value));
    MOE_TRY(weights.output_bias, bind_bias(tensors, block + "attn_output.bias", spec.output_bias, d_model));
    if (spec.has_sinks) {
        MOE_TRY(weights.sinks, tensors.vector(block + "attn_sinks.weight", spec.n_heads));
    }
    return weights;
}

Result<DeltaNetWeights> bind_delta_net(TensorTable& tensors, const std::string& block,
                                       const DeltaNetSpec& spec, std::size_t d_model) {
    DeltaNetWeights weights;
    const std::size_t n_heads = spec.n_value_heads;
    const std::size_t n_values = n_heads * spec.d_value;
    MOE_TRY(weights.qkv, tensors.matrix(block + "attn_qkv.weight", spec.n_channels(), d_model));
    MOE_TRY(weights.gate, tensors.matrix(block + "attn_gate.weight", n_values, d_model));
    MOE_TRY(weights.conv, tensors.rows(block + "ssm_conv1d.weight", spec.n_channels(), spec.n_conv));
    if (spec.head_order == DeltaNetSpec::HeadOrder::Grouped) {
        MOE_TRY(weights.beta_alpha, tensors.matrix(block + "ssm_ba.weight", 2 * n_heads, d_model));
    } else {
        MOE_TRY(weights.beta, tensors.matrix(block + "ssm_beta.weight", n_heads, d_model));
        MOE_TRY(weights.alpha, tensors.matrix(block + "ssm_alpha.weight", n_heads, d_model));
    }
    MOE_TRY(weights.dt_bias, tensors.vector(block + "ssm_dt.bias", n_heads));
    MOE_TRY(weights.a, tensors.vector(block + "ssm_a", n_heads));
    MOE_TRY(weights.norm, tensors.vector(block + "ssm_norm.weight", spec.d_value));
    MOE_TRY(weights.output, tensors.matrix(block + "ssm_out.weight", d_model, n_values));
    return weights;
}

}  // namespace moe
