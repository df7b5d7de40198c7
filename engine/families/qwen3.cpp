#include "engine/families/family.h"

namespace moe {

// As qwen3moe with one feed-forward for every token.
Result<ModelSpec> read_qwen3(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qk_norm = AttentionSpec::QkNorm::PerHead;
    MOE_TRY(layer.d_ff_dense, parameters.size("feed_forward_length", kMaxWidth));
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
