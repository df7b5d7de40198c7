#include "engine/families/family.h"

namespace moe {

// Queries and keys are normalised over the whole projection; experts keep their share of the softmax.
Result<ModelSpec> read_olmoe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qk_norm = AttentionSpec::QkNorm::WholeProjection;
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
