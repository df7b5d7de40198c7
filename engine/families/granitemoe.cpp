#include "engine/families/family.h"

namespace moe {

// Constant factors keep the sizes of embeddings, branches and logits.
Result<ModelSpec> read_granitemoe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    AttentionSpec& attention = layer.attention;
    attention.rope_order = RopeOrder::Interleaved;
    MOE_TRY(const bool is_rotated, parameters.flag_or("rope.scaling.finetuned", true));
    if (!is_rotated) attention.n_rope_dims = 0;
    MOE_TRY(attention.score_scale, read_factor(parameters, "attention.scale", attention.score_scale));
    MOE_TRY(model.embedding_scale, read_factor(parameters, "embedding_scale", 1.0f));
    MOE_TRY(model.residual_scale, read_factor(parameters, "residual_scale", 1.0f));
    MOE_TRY(const float logit_divisor, read_factor(parameters, "logit_scale", 1.0f));
    model.logit_scale = 1.0f / logit_divisor;
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    MOE_TRY(read_shared_width(parameters, *layer.moe));
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
