#include "engine/families/family.h"

#include <cmath>

namespace moe {
namespace {

/// DeepSeek's YaRN leaves the size of queries and keys alone and sharpens the softmax instead.
Result<void> read_sharpening(const Hyperparameters& parameters, AttentionSpec& spec) {
    spec.score_scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(spec.d_head)));
    if (!parameters.contains("rope.scaling.yarn_log_multiplier")) return {};
    MOE_TRY(const double multiplier, parameters.number_or("rope.scaling.yarn_log_multiplier", 0.0));
    const double sharpness = 1.0 + multiplier * std::log(spec.rope_scaling.factor);
    spec.score_scale *= static_cast<float>(sharpness * sharpness);
    spec.rope_scaling.magnitude = 1.0;
    return {};
}

/// Newer files keep keys and values as the latent and say under "_mla" how long heads are; older ones
/// spread them out.
Result<AttentionSpec> read_latent_attention(const Hyperparameters& parameters, const ModelSpec& model) {
    MOE_TRY(AttentionSpec spec, read_attention(parameters, model));
    LatentSpec latent;
    MOE_TRY(latent.d_latent, parameters.size("attention.kv_lora_rank", kMaxWidth));
    MOE_TRY(latent.d_query_latent, parameters.count("attention.q_lora_rank", kMaxWidth));
    latent.is_absorbed = parameters.has_tensor("blk.0.attn_k_b.weight");
    MOE_TRY(spec.d_head, parameters.size_or("attention.key_length_mla", spec.d_head, kMaxHeadLength));
    MOE_TRY(spec.d_value, parameters.size_or("attention.value_length_mla", spec.d_value, kMaxHeadLength));
    if (spec.n_rope_dims >= spec.d_head) {
        return make_error("{} of a head's {} numbers are rotated, which leaves none; fetch the file again",
                          spec.n_rope_dims, spec.d_head);
    }
    spec.n_kv_heads = spec.n_heads;
    spec.rope_order = RopeOrder::Interleaved;
    spec.latent = latent;
    MOE_TRY(read_sharpening(parameters, spec));
    return spec;
}

}  // namespace

// Latent attention; routers of every kind between V2's softmax and V3's sigmoid with groups and bias.
Result<ModelSpec> read_deepseek2(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_latent_attention(parameters, model));
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_experts(parameters, d_ff, {}));
    MOE_TRY(read_shared_count(parameters, *layer.moe));
    return with_dense_layers(parameters, std::move(model), layer);
}

}  // namespace moe
