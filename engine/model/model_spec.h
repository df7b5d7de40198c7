#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace moe {

/// How router logits become scores. The names are the trace file's, in the order of
/// `expert_gating_func` in GGUF metadata.
enum class Gating { Softmax, Sigmoid, SoftmaxTopK };

enum class RopeOrder { Interleaved, Halves };  ///< pairs (2i, 2i+1), or (i, i + n/2)

/// Grouped-query attention of one layer. Lengths in floats.
struct AttentionSpec {
    std::size_t n_heads = 0;
    std::size_t n_kv_heads = 0;
    std::size_t d_head = 0;        ///< of q and k
    std::size_t d_value = 0;       ///< of v
    std::size_t n_rope_dims = 0;   ///< the first of d_head that are rotated
    RopeOrder rope_order = RopeOrder::Halves;
    double rope_base = 10000.0;
    enum class QkNorm { None, PerHead, WholeProjection } qk_norm = QkNorm::None;
    float score_scale = 0.0f;      ///< multiplies q.k; usually 1/sqrt(d_head)
};

/// A routed feed-forward block.
struct MoeSpec {
    std::size_t n_experts = 0;
    std::size_t top_k = 0;
    std::size_t d_ff = 0;           ///< width of an expert
    Gating gating = Gating::Softmax;
    bool renormalize = false;       ///< scale a token's weights to sum 1
    float weights_scale = 1.0f;     ///< factor after renormalizing
    std::size_t n_shared_experts = 0;
    std::size_t d_ff_shared = 0;    ///< width of all shared experts together
    bool shared_gate = false;       ///< the shared output is multiplied by sigmoid(w.x)
};

struct LayerSpec {
    AttentionSpec attention;
    std::optional<MoeSpec> moe;     ///< routed feed-forward, or
    std::size_t d_ff_dense = 0;     ///< plain SwiGLU of this width where `moe` is empty
};

/// Everything about a model but its numbers: what `info` prints and what `forward` follows.
struct ModelSpec {
    std::string architecture;  ///< general.architecture
    std::string name;          ///< general.name, or the file's name
    std::size_t d_model = 0;
    std::size_t n_vocab = 0;
    std::size_t n_ctx = 0;     ///< longest sequence the model was made for, in tokens
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
