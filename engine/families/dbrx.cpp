#include "engine/families/family.h"

namespace moe {

// LayerNorm without bias; queries, keys and values are kept within a range.
Result<ModelSpec> read_dbrx(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters, NormKind::Layer));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    MOE_TRY(layer.attention.qkv_clamp, read_factor(parameters, "attention.clamp_kqv", 0.0f));
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
