#include "engine/families/family.h"

namespace moe {

// Queries, keys and values have a bias; experts keep their share of the softmax unless the file says
// otherwise; one shared expert, scaled by a sigmoid gate of its own.
Result<ModelSpec> read_qwen2moe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qkv_bias = AttentionSpec::Bias::Required;
    MOE_TRY(const std::size_t d_ff, read_expert_width(parameters));
    MOE_TRY(MoeSpec moe, read_softmax_experts(parameters, d_ff));
    MOE_TRY(moe.renormalize,
            parameters.file().metadata().flag_or(parameters.key("expert_weights_norm"), false));
    moe.n_shared_experts = 1;
    moe.shared_gate = true;
    MOE_TRY(moe.d_ff_shared, read_required_shared_width(parameters));
    layer.moe = moe;
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
