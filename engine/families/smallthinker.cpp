#include "engine/families/family.h"

namespace moe {

// The router reads what comes into the layer, so that experts can be fetched while attention is computed.
// Where there is a window, every fourth layer sees everything and knows no positions; a model of just four layers
// rotates all of them, as llama.cpp does: a step of all layers stands for none.
Result<ModelSpec> read_smallthinker(const Hyperparameters& parameters) {
    constexpr std::size_t kWideLayerStep = 4;
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    MOE_TRY(const std::size_t window, parameters.count("attention.sliding_window", kMaxContext));
    layer.attention.window = window;
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_experts(parameters, d_ff, {.gating = Gating::Sigmoid, .renormalize = true}));
    layer.moe->activation = Activation::Relu;
    layer.moe->router_reads = MoeSpec::RouterReads::LayerInput;
    MOE_TRY(model, with_equal_layers(parameters, std::move(model), layer));
    for (std::size_t i = 0; window > 0 && i < model.layers.size(); i += kWideLayerStep) {
        model.layers[i].attention.window = 0;
        if (model.layers.size() != kWideLayerStep) model.layers[i].attention.n_rope_dims = 0;
    }
    return model;
}

}  // namespace moe
