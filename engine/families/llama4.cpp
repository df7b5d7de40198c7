#include "engine/families/family.h"

namespace moe {

// Three layers of four see their own chunk of the text, the fourth sees all of it and knows no positions. One
// expert a token, whose input is weighed, and one for all.
Result<ModelSpec> read_llama4(const Hyperparameters& parameters) {
    constexpr std::size_t kWideLayerStep = 4, kChunk = 8192;
    constexpr std::size_t kMaverickExperts = 128;  // it alone does not normalise queries and keys
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.rope_order = RopeOrder::Interleaved;
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(MoeSpec moe, read_expert_counts(parameters, d_ff));
    moe.gating = Gating::Sigmoid;
    moe.rank = RouterConfig::Rank::Logits;
    moe.weighs_input = true;
    moe.n_shared_experts = 1;
    moe.d_ff_shared = d_ff;
    layer.moe = moe;
    MOE_TRY(model, with_dense_layers(parameters, std::move(model), layer));
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        AttentionSpec& attention = model.layers[i].attention;
        if ((i + 1) % kWideLayerStep == 0) {
            attention.n_rope_dims = 0;
            attention.temperature_step = kChunk;
        } else {
            attention.chunk = kChunk;
            attention.norm_after_rope = true;
            if (moe.n_experts != kMaverickExperts) attention.qk_norm = AttentionSpec::QkNorm::UnitPerHead;
        }
    }
    return model;
}

}  // namespace moe
