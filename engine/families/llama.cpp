#include "engine/families/family.h"

#include <string>

namespace moe {

// Neighbouring dimensions are rotated in pairs, since the converter reorders the rows of q and k. With
// experts this is Mixtral: chosen experts' weights sum to 1.
Result<ModelSpec> read_llama(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.rope_order = RopeOrder::Interleaved;
    MOE_TRY(const double scale,
            parameters.positive_or("attention.scale", static_cast<double>(layer.attention.score_scale), 1e6));
    layer.attention.score_scale = static_cast<float>(scale);
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    const std::string expert_count = parameters.key("expert_count");
    MOE_TRY(const std::size_t n_experts,
            parameters.file().metadata().size_or(expert_count, 0, 0, kMaxExperts));
    if (n_experts == 0) {
        layer.d_ff_dense = d_ff;
    } else {
        MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
        layer.moe->renormalize = true;
    }
    return with_equal_layers(parameters, std::move(model), layer);
}

}  // namespace moe
