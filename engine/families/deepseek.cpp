#include "engine/families/family.h"

namespace moe {

// Many narrow experts and some that every token takes; the first layer is dense. Weights are shares of the
// softmax.
Result<ModelSpec> read_deepseek(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.rope_order = RopeOrder::Interleaved;
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    MOE_TRY(read_shared_count(parameters, *layer.moe));
    return with_dense_layers(parameters, std::move(model), layer);
}

}  // namespace moe
