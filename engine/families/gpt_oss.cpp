#include "engine/families/family.h"

namespace moe {

// Layers with a short window and layers that see everything take turns, the former first. Every head has a
// sink; weights are a softmax over the chosen logits. All linear maps have a bias.
Result<ModelSpec> read_gpt_oss(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qkv_bias = AttentionSpec::Bias::Required;
    layer.attention.output_bias = AttentionSpec::Bias::Required;
    layer.attention.has_sinks = true;
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(MoeSpec moe, read_experts(parameters, d_ff, {.gating = Gating::SoftmaxTopK}));
    moe.router_bias = true;
    moe.expert_bias = true;
    moe.activation = Activation::ClampedSwiglu;
    layer.moe = moe;
    MOE_TRY(model, with_equal_layers(parameters, std::move(model), layer));
    MOE_TRY(const std::size_t window, parameters.count("attention.sliding_window", kMaxContext));
    for (std::size_t i = 0; i < model.layers.size(); i += 2) model.layers[i].attention.window = window;
    return model;
}

}  // namespace moe
