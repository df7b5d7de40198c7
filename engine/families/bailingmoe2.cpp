#include "engine/families/family.h"

namespace moe {

// As DeepSeek-V3's router: sigmoid, groups, selection bias. Queries and keys are normalised a head.
Result<ModelSpec> read_bailingmoe2(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qk_norm = AttentionSpec::QkNorm::PerHead;
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_experts(parameters, d_ff, {.gating = Gating::Sigmoid}));
    MOE_TRY(read_shared_width(parameters, *layer.moe));
    return with_dense_layers(parameters, std::move(model), layer);
}

}  // namespace moe
