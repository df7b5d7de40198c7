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
    // The width is one shared expert's; where it is not given, that of a routed one.
    MOE_TRY(const std::size_t d_ff_shared, parameters.count("expert_shared_feed_forward_length", kMaxWidth));
    MOE_TRY(read_shared_count(parameters, *layer.moe));
    if (d_ff_shared > 0) layer.moe->d_ff_shared = layer.moe->n_shared_experts * d_ff_shared;
    return with_dense_layers(parameters, std::move(model), layer);
}

}  // namespace moe
