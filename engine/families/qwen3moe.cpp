#include "engine/families/family.h"

namespace moe {

// Queries and keys are normalised head by head; chosen experts' weights sum to 1; no shared expert.
Result<ModelSpec> read_qwen3moe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qk_norm = AttentionSpec::QkNorm::PerHead;
    MOE_TRY(const std::size_t d_ff, read_expert_width(parameters));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
