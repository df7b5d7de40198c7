#include <cmath>
#include <span>

#include "engine/families/family.h"

namespace moe {
namespace {

/// Layers that see a window have their own head length and rotation; those that see everything have fewer
/// keys and may take them as values, too.
Result<AttentionSpec> read_layer_attention(const Hyperparameters& parameters, const ModelSpec& model,
                                           std::size_t layer, bool is_windowed) {
    MOE_TRY(AttentionSpec spec, read_attention(parameters, model, layer));
    spec.score_scale = 1.0f;
    spec.qk_norm = AttentionSpec::QkNorm::PerHead;
    spec.value_norm = true;
    spec.qkv_bias = AttentionSpec::Bias::None;  // known in no such model: a tensor of that name is refused
    spec.values_are_keys = !parameters.has_tensor(fmt::format("blk.{}.attn_v.weight", layer));
    if (is_windowed) {
        MOE_TRY(spec.window, parameters.size("attention.sliding_window", kMaxContext));
        MOE_TRY(spec.d_head, parameters.size_or("attention.key_length_swa", spec.d_head, kMaxHeadLength));
        MOE_TRY(spec.d_value, parameters.size_or("attention.value_length_swa", spec.d_value, kMaxHeadLength));
        MOE_TRY(spec.n_rope_dims, parameters.size_or("rope.dimension_count_swa", spec.d_head, spec.d_head));
        MOE_TRY(spec.rope_base, parameters.positive_or("rope.freq_base_swa", spec.rope_base, 1e15));
        spec.has_rope_factors = false;
    }
    if (spec.n_rope_dims % 2 == 0 && (!spec.values_are_keys || spec.d_head == spec.d_value)) return spec;
    return make_error(
        "layer {}: heads of {} and {} numbers, {} of them rotated, do not fit; fetch the file again", layer,
        spec.d_head, spec.d_value, spec.n_rope_dims);
}

Result<MoeSpec> read_gemma4_experts(const Hyperparameters& parameters) {
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(MoeSpec moe, read_softmax_experts(parameters, d_ff));
    moe.renormalize = true;
    moe.activation = Activation::Gelu;
    moe.experts_read = MoeSpec::ExpertsRead::OwnNorm;
    moe.router_reads = MoeSpec::RouterReads::UnitNorm;
    moe.output_scale = true;
    return moe;
}

Result<std::span<const std::int64_t>> read_window_pattern(const Hyperparameters& parameters,
                                                          std::size_t n_layers) {
    const std::string key = parameters.key("attention.sliding_window_pattern");
    MOE_TRY(const std::span<const std::int64_t> pattern, parameters.file().metadata().integer_array(key));
    if (pattern.size() >= n_layers) return pattern;
    return make_error("the metadata '{}' has {} entries for {} layers; fetch the file again", key,
                      pattern.size(), n_layers);
}

/// The last layers read the keys and values of the last before them that sees as far.
Result<void> share_keys_and_values(std::size_t n_sharing, std::vector<LayerSpec>& layers) {
    for (std::size_t i = layers.size() - n_sharing; i < layers.size(); ++i) {
        AttentionSpec& spec = layers[i].attention;
        for (std::size_t source = 0; source < layers.size() - n_sharing; ++source) {
            if ((layers[source].attention.window > 0) == (spec.window > 0)) spec.kv_layer = source;
        }
        if (!spec.kv_layer) {
            return make_error(
                "layer {}: no layer before it has keys and values to share; fetch the file again", i);
        }
        const AttentionSpec& source = layers[*spec.kv_layer].attention;
        if (source.n_kv_heads == spec.n_kv_heads && source.d_head == spec.d_head &&
            source.d_value == spec.d_value)
            continue;
        return make_error(
            "layer {}: its heads do not fit the keys and values of layer {}; fetch the file again", i,
            *spec.kv_layer);
    }
    return {};
}

}  // namespace

// Experts beside a dense feed-forward, each behind a norm of its own; the router has its own view of the
// hidden state. Layers without experts are those of Gemma 4, dense; E2B and E4B share keys and values.
Result<ModelSpec> read_gemma4(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    model.embedding_scale = std::sqrt(static_cast<float>(model.d_model));
    MOE_TRY(model.logit_cap, read_factor(parameters, "final_logit_softcapping", 0.0f));
    MOE_TRY(model.d_token_input, parameters.count("embedding_length_per_layer_input", kMaxWidth));
    LayerSpec layer;
    layer.activation = Activation::Gelu;
    layer.norm_after_attention = true;
    layer.norm_after_ffn = true;
    layer.output_scale = parameters.has_layer_tensor("layer_output_scale.weight");
    MOE_TRY(const std::size_t n_experts, parameters.count("expert_count", kMaxExperts));
    if (n_experts > 0) {
        MOE_TRY(layer.moe, read_gemma4_experts(parameters));
        layer.norm_after_branches = true;
    }
    MOE_TRY(model, with_equal_layers(parameters, std::move(model), layer));
    MOE_TRY(const std::span<const std::int64_t> is_windowed,
            read_window_pattern(parameters, model.layers.size()));
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        MOE_TRY(model.layers[i].attention, read_layer_attention(parameters, model, i, is_windowed[i] != 0));
        MOE_TRY(model.layers[i].d_ff_dense, parameters.layer_size("feed_forward_length", i, kMaxWidth));
        if (parameters.has_tensor(fmt::format("blk.{}.ffn_gate_inp.weight", i))) continue;
        model.layers[i].moe.reset();
        model.layers[i].norm_after_branches = false;
    }
    MOE_TRY(const std::size_t n_sharing,
            parameters.count("attention.shared_kv_layers", model.layers.size() - 1));
    MOE_TRY(share_keys_and_values(n_sharing, model.layers));
    return model;
}

}  // namespace moe
