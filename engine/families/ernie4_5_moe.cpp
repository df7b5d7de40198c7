#include "engine/families/family.h"

namespace moe {

// Softmax routers that may have a selection bias; shared experts side by side.
Result<ModelSpec> read_ernie4_5_moe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.rope_order = RopeOrder::Interleaved;
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    layer.moe->selection_bias = parameters.has_layer_tensor("exp_probs_b.bias");
    MOE_TRY(read_shared_width(parameters, *layer.moe));
    return with_dense_layers(parameters, std::move(model), layer);
}

}  // namespace moe
