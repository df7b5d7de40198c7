#include "engine/families/bind_weights.h"

#include <cmath>

#include "engine/families/tensor_table.h"

namespace moe {
namespace {

Result<AttentionWeights> bind_attention(TensorTable& tensors, const std::string& block,
                                        const AttentionSpec& spec, std::size_t d_model) {
    const std::size_t n_query = spec.n_heads * spec.d_head;
    const std::size_t n_key = spec.n_kv_heads * spec.d_head;
    const std::size_t n_value = spec.n_kv_heads * spec.d_value;
    AttentionWeights weights;
    MOE_TRY(weights.query, tensors.matrix(block + "attn_q.weight", n_query, d_model));
    MOE_TRY(weights.key, tensors.matrix(block + "attn_k.weight", n_key, d_model));
    MOE_TRY(weights.value, tensors.matrix(block + "attn_v.weight", n_value, d_model));
    MOE_TRY(weights.output,
            tensors.matrix(block + "attn_output.weight", d_model, spec.n_heads * spec.d_value));
    if (spec.qkv_bias) {
        MOE_TRY(weights.query_bias, tensors.vector(block + "attn_q.bias", n_query));
        MOE_TRY(weights.key_bias, tensors.vector(block + "attn_k.bias", n_key));
        MOE_TRY(weights.value_bias, tensors.vector(block + "attn_v.bias", n_value));
    }
    if (spec.qk_norm != AttentionSpec::QkNorm::None) {
        const bool whole = spec.qk_norm == AttentionSpec::QkNorm::WholeProjection;
        MOE_TRY(weights.query_norm,
                tensors.vector(block + "attn_q_norm.weight", whole ? n_query : spec.d_head));
        MOE_TRY(weights.key_norm, tensors.vector(block + "attn_k_norm.weight", whole ? n_key : spec.d_head));
    }
    return weights;
}

/// `suffix` tells the dense feed-forward ("") from the shared experts ("_shexp").
Result<DenseFfnWeights> bind_dense(TensorTable& tensors, const std::string& block, const std::string& suffix,
                                   std::size_t d_ff, std::size_t d_model) {
    DenseFfnWeights weights;
    MOE_TRY(weights.gate, tensors.matrix(block + "ffn_gate" + suffix + ".weight", d_ff, d_model));
    MOE_TRY(weights.up, tensors.matrix(block + "ffn_up" + suffix + ".weight", d_ff, d_model));
    MOE_TRY(weights.down, tensors.matrix(block + "ffn_down" + suffix + ".weight", d_model, d_ff));
    return weights;
}

Result<MoeFfnWeights> bind_moe(TensorTable& tensors, const std::string& block, const MoeSpec& spec,
                               std::size_t d_model) {
    MoeFfnWeights weights;
    const std::size_t n = spec.n_experts;
    MOE_TRY(weights.router, tensors.matrix(block + "ffn_gate_inp.weight", n, d_model));
    MOE_TRY(weights.expert_gate, tensors.stack(block + "ffn_gate_exps.weight", n, spec.d_ff, d_model));
    MOE_TRY(weights.expert_up, tensors.stack(block + "ffn_up_exps.weight", n, spec.d_ff, d_model));
    MOE_TRY(weights.expert_down, tensors.stack(block + "ffn_down_exps.weight", n, d_model, spec.d_ff));
    if (spec.d_ff_shared > 0) {
        MOE_TRY(weights.shared, bind_dense(tensors, block, "_shexp", spec.d_ff_shared, d_model));
    }
    if (spec.shared_gate) {
        MOE_TRY(weights.shared_gate, tensors.matrix(block + "ffn_gate_inp_shexp.weight", 1, d_model));
    }
    return weights;
}

Result<LayerWeights> bind_layer(TensorTable& tensors, std::size_t index, const LayerSpec& spec,
                                std::size_t d_model) {
    const std::string block = fmt::format("blk.{}.", index);
    LayerWeights weights;
    MOE_TRY(weights.attention_norm, tensors.vector(block + "attn_norm.weight", d_model));
    MOE_TRY(weights.attention, bind_attention(tensors, block, spec.attention, d_model));
    MOE_TRY(weights.ffn_norm, tensors.vector(block + "ffn_norm.weight", d_model));
    if (spec.moe) {
        MOE_TRY(weights.moe, bind_moe(tensors, block, *spec.moe, d_model));
    } else {
        MOE_TRY(weights.dense, bind_dense(tensors, block, "", spec.d_ff_dense, d_model));
    }
    return weights;
}

/// Llama 3.1 files carry their long-context scaling as a factor per pair.
Result<std::span<const float>> bind_rope_factors(TensorTable& tensors, const ModelSpec& spec) {
    const std::string name = "rope_freqs.weight";
    if (!tensors.contains(name)) return std::span<const float>();
    MOE_TRY(const std::span<const float> factors,
            tensors.vector(name, spec.layers.front().attention.n_rope_dims / 2));
    for (const float factor : factors) {
        if (!std::isfinite(factor) || factor <= 0.0f) {
            return make_error("tensor {} holds {}, factors above 0 are needed; fetch the file again", name,
                              factor);
        }
    }
    return factors;
}

}  // namespace

Result<ModelWeights> bind_weights(const GgufReader& file, const ModelSpec& spec) {
    TensorTable tensors(file);
    ModelWeights weights;
    MOE_TRY(weights.token_embedding, tensors.matrix("token_embd.weight", spec.n_vocab, spec.d_model));
    MOE_TRY(weights.rope_factors, bind_rope_factors(tensors, spec));
    for (std::size_t layer = 0; layer < spec.layers.size(); ++layer) {
        MOE_TRY(LayerWeights bound, bind_layer(tensors, layer, spec.layers[layer], spec.d_model));
        weights.layers.push_back(bound);
    }
    MOE_TRY(weights.output_norm, tensors.vector("output_norm.weight", spec.d_model));
    weights.output = weights.token_embedding;
    if (!spec.tied_output) {
        MOE_TRY(weights.output, tensors.matrix("output.weight", spec.n_vocab, spec.d_model));
    }
    MOE_TRY(tensors.check_all_used(spec.architecture));
    return weights;
}

}  // namespace moe
