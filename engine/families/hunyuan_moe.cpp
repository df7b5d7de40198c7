#include "engine/families/family.h"

namespace moe {

// Queries and keys are rotated first and normalised then.
Result<ModelSpec> read_hunyuan_moe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qk_norm = AttentionSpec::QkNorm::PerHead;
    layer.attention.norm_after_rope = true;
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    MOE_TRY(layer.moe->d_ff_shared, read_required_shared_width(parameters));
    layer.moe->n_shared_experts = 1;
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
