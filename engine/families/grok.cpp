#include "engine/families/family.h"

#include <numbers>

namespace moe {

// Soft caps on scores and logits, norms behind both blocks, in Grok-2 a dense feed-forward beside the
// experts. As files are run everywhere, `attention.temperature_length` changes nothing: beyond it, servers of
// the original multiply scores by log(position) / log(length), before or behind the cap.
Result<ModelSpec> read_grok(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    MOE_TRY(model.embedding_scale, read_factor(parameters, "embedding_scale", 78.38367176906169f));
    MOE_TRY(model.logit_scale, read_factor(parameters, "logit_scale", 0.5773502691896257f));
    MOE_TRY(model.logit_cap, read_factor(parameters, "final_logit_softcapping", 0.0f));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    // What its files mean where they do not say it.
    if (!parameters.contains("rope.scaling.yarn_beta_fast")) layer.attention.rope_scaling.many_turns = 8.0;
    MOE_TRY(layer.attention.score_scale,
            read_factor(parameters, "attention.output_scale", 0.08838834764831845f));
    MOE_TRY(layer.attention.score_cap, read_factor(parameters, "attn_logit_softcapping", 30.0f));
    layer.norm_after_attention = true;
    layer.norm_after_ffn = true;
    const bool has_width = parameters.contains("expert_feed_forward_length");
    MOE_TRY(const std::size_t d_ff,
            parameters.size(has_width ? "expert_feed_forward_length" : "feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    layer.moe->activation = Activation::Gelu;
    if (parameters.has_tensor("blk.0.ffn_up.weight")) {
        MOE_TRY(layer.d_ff_dense, parameters.size("feed_forward_length", kMaxWidth));
        layer.activation = Activation::Gelu;
        layer.branch_scale = 1.0f / std::numbers::sqrt2_v<float>;
    }
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
