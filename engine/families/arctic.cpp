#include "engine/families/family.h"

namespace moe {

// A dense feed-forward of the model's own width behind attention, and beside it experts that read what came
// into the layer.
Result<ModelSpec> read_arctic(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.rope_order = RopeOrder::Interleaved;
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    layer.moe->experts_read = MoeSpec::ExpertsRead::OwnNormOfLayerInput;
    layer.d_ff_dense = model.d_model;
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
