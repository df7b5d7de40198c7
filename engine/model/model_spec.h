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
    std::optional<MoeSpec> moe;  ///< routed feed-forward, or
    std::size_t d_ff_dense = 0;  ///< plain SwiGLU of this width where `moe` is empty
};

/// Everything about a model but its numbers: what `info` prints and what `forward` follows.
struct ModelSpec {
    std::string architecture;  ///< general.architecture
    std::string name;          ///< general.name, or the file's name
    std::size_t d_model = 0;
    std::size_t n_vocab = 0;
    std::size_t n_ctx = 0;  ///< longest sequence the model was made for, in tokens
    float norm_epsilon = 1e-6f;
    bool tied_output = false;
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
