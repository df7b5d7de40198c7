#include "engine/families/family.h"

namespace moe {

// Sigmoid routers with a selection bias; queries and keys are normalised over the whole projection.
Result<ModelSpec> read_minimax_m2(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qk_norm = AttentionSpec::QkNorm::WholeProjection;
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_experts(parameters, d_ff, {.gating = Gating::Sigmoid, .renormalize = true}));
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
