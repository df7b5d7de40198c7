#include "engine/families/family.h"

namespace moe {

// Sigmoid routers with a selection bias, one shared expert, half of a head rotated.
Result<ModelSpec> read_glm4moe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    if (parameters.has_tensor("blk.0.attn_q_norm.weight")) {
        layer.attention.qk_norm = AttentionSpec::QkNorm::PerHead;
    }
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_experts(parameters, d_ff, {.gating = Gating::Sigmoid, .renormalize = true}));
    MOE_TRY(read_shared_count(parameters, *layer.moe));
    return with_dense_layers(parameters, std::move(model), layer);
}

}  // namespace moe
