#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/blocks/attention_spec.h"
#include "engine/blocks/moe_spec.h"

namespace moe {

struct LayerSpec {
    AttentionSpec attention;
    std::optional<MoeSpec> moe;  ///< routed feed-forward
    std::size_t d_ff_dense =
        0;  ///< width of the feed-forward for every token: where `moe` is empty, or beside
    Activation activation = Activation::Silu;  ///< of that
    bool norm_after_attention = false;         ///< what attention adds is normalised first
    bool norm_after_ffn = false;               ///< what the feed-forward adds is normalised first
    bool norm_after_branches = false;          ///< routed and dense outputs are normalised before their sum
    float branch_scale = 1.0f;                 ///< factor of the sum of routed and dense
    bool output_scale = false;                 ///< the hidden state is multiplied by a learned number last
};

enum class NormKind { Rms, RmsWithBias, Layer };

/// Everything about a model but its numbers: what `info` prints and what `forward` follows.
struct ModelSpec {
    std::string architecture;  ///< general.architecture
    std::string name;          ///< general.name, or the file's name
    std::size_t d_model = 0;
    std::size_t n_vocab = 0;
    std::size_t n_ctx = 0;  ///< longest sequence the model was made for, in tokens
    float norm_epsilon = 1e-6f;
    NormKind norm = NormKind::Rms;
    bool tied_output = false;
    bool output_bias = false;
    float embedding_scale = 1.0f;
    float residual_scale = 1.0f;  ///< factor of what attention and feed-forward add
    float logit_scale = 1.0f;
    float logit_cap = 0.0f;            ///< logits become cap * tanh(logit / cap); 0: as they are
    std::size_t d_token_input = 0;     ///< width of what a token brings to every layer (Gemma 4); 0: nothing
    std::size_t n_ignored_layers = 0;  ///< at the file's end, for guessing tokens ahead: no part of this
    std::vector<LayerSpec> layers;

    std::vector<std::int32_t> moe_layer_ids() const {
        std::vector<std::int32_t> ids;
        for (std::size_t layer = 0; layer < layers.size(); ++layer) {
            if (layers[layer].moe) ids.push_back(static_cast<std::int32_t>(layer));
        }
        return ids;
    }
    /// The first MoE layer's spec, null for a dense model. Layers of one model agree in n_experts and top_k.
    const MoeSpec* moe() const {
        for (const LayerSpec& layer : layers) {
            if (layer.moe) return &*layer.moe;
        }
        return nullptr;
    }
};

}  // namespace moe
