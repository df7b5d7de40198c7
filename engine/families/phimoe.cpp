#include "engine/families/family.h"

namespace moe {

// Norms and attention have biases. As files are run everywhere: RMS norms and a plain softmax over all
// experts, where the original has LayerNorm and a router of its own.
Result<ModelSpec> read_phimoe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters, NormKind::RmsWithBias));
    model.output_bias = true;
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qkv_bias = AttentionSpec::Bias::Required;
    layer.attention.output_bias = AttentionSpec::Bias::Required;
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
