#include "engine/families/bind_weights.h"

#include <cmath>

#include "engine/families/bind_attention.h"
#include "engine/families/tensor_table.h"

namespace moe {
namespace {

/// `suffix` tells the dense feed-forward ("") from the shared experts ("_shexp").
Result<DenseFfnWeights> bind_dense(TensorTable& tensors, const std::string& block, const std::string& suffix,
                                   std::size_t d_ff, std::size_t d_model) {
    DenseFfnWeights weights;
    MOE_TRY(weights.gate, tensors.matrix(block + "ffn_gate" + suffix + ".weight", d_ff, d_model));
    MOE_TRY(weights.up, tensors.matrix(block + "ffn_up" + suffix + ".weight", d_ff, d_model));
    MOE_TRY(weights.down, tensors.matrix(block + "ffn_down" + suffix + ".weight", d_model, d_ff));
    MOE_TRY(weights.gate_bias, tensors.optional_vector(block + "ffn_gate" + suffix + ".bias", d_ff));
    MOE_TRY(weights.up_bias, tensors.optional_vector(block + "ffn_up" + suffix + ".bias", d_ff));
    MOE_TRY(weights.down_bias, tensors.optional_vector(block + "ffn_down" + suffix + ".bias", d_model));
    return weights;
}

Result<void> bind_experts(TensorTable& tensors, const std::string& block, const MoeSpec& spec,
                          std::size_t d_model, MoeFfnWeights& weights) {
    const std::size_t n = spec.n_experts;
    const std::string merged = block + "ffn_gate_up_exps.weight";
    if (tensors.contains(merged)) {
        MOE_TRY(weights.expert_gate_up, tensors.stack(merged, n, 2 * spec.d_ff, d_model));
    } else {
        MOE_TRY(weights.expert_gate, tensors.stack(block + "ffn_gate_exps.weight", n, spec.d_ff, d_model));
        MOE_TRY(weights.expert_up, tensors.stack(block + "ffn_up_exps.weight", n, spec.d_ff, d_model));
    }
    MOE_TRY(weights.expert_down, tensors.stack(block + "ffn_down_exps.weight", n, d_model, spec.d_ff));
    if (spec.expert_bias) {
        MOE_TRY(weights.gate_bias, tensors.rows(block + "ffn_gate_exps.bias", n, spec.d_ff));
        MOE_TRY(weights.up_bias, tensors.rows(block + "ffn_up_exps.bias", n, spec.d_ff));
        MOE_TRY(weights.down_bias, tensors.rows(block + "ffn_down_exps.bias", n, d_model));
    }
    if (spec.output_scale) {
        MOE_TRY(weights.output_scale, tensors.vector(block + "ffn_down_exps.scale", n));
    }
    return {};
}

Result<MoeFfnWeights> bind_moe(TensorTable& tensors, const std::string& block, const MoeSpec& spec,
                               std::size_t d_model) {
    MoeFfnWeights weights;
    MOE_TRY(weights.router, tensors.matrix(block + "ffn_gate_inp.weight", spec.n_experts, d_model));
    if (spec.router_bias) {
        MOE_TRY(weights.router_bias, tensors.vector(block + "ffn_gate_inp.bias", spec.n_experts));
    }
    if (spec.selection_bias) {
        MOE_TRY(weights.selection_bias, tensors.vector(block + "exp_probs_b.bias", spec.n_experts));
    }
    MOE_TRY(bind_experts(tensors, block, spec, d_model, weights));
    if (spec.d_ff_shared > 0) {
        MOE_TRY(weights.shared, bind_dense(tensors, block, "_shexp", spec.d_ff_shared, d_model));
    }
    if (spec.shared_gate) {
        MOE_TRY(weights.shared_gate, tensors.matrix(block + "ffn_gate_inp_shexp.weight", 1, d_model));
    }
    return weights;
}

/// The tensors of one model, by name.
class Binder {
  public:
    Binder(TensorTable& tensors, const ModelSpec& spec, const TensorNames& names)
        : tensors_(tensors), spec_(spec), names_(names) {}

    Result<NormWeights> norm(const std::string& name) {
        NormWeights weights;
        MOE_TRY(weights.weight, tensors_.vector(name + ".weight", spec_.d_model));
        if (spec_.norm == NormKind::RmsWithBias) {
            MOE_TRY(weights.bias, tensors_.vector(name + ".bias", spec_.d_model));
        }
        return weights;
    }

    Result<LayerWeights> layer(std::size_t index) {
        const LayerSpec& spec = spec_.layers[index];
        const std::string block = fmt::format("blk.{}.", index);
        LayerWeights weights;
        MOE_TRY(weights.attention_norm, norm(block + "attn_norm"));
        if (spec.attention.delta_net) {
            MOE_TRY(weights.delta_net,
                    bind_delta_net(tensors_, block, *spec.attention.delta_net, spec_.d_model));
        } else {
            MOE_TRY(weights.attention, bind_attention(tensors_, block, spec.attention, spec_.d_model));
        }
        if (spec.norm_after_attention) {
            MOE_TRY(weights.attention_norm_after, norm(block + std::string(names_.attention_norm_after)));
        }
        MOE_TRY(feed_forward(block, spec, weights));
        if (spec.output_scale) {
            MOE_TRY(weights.output_scale, tensors_.vector(block + "layer_output_scale.weight", 1));
        }
        if (spec_.d_token_input > 0) {
            MOE_TRY(weights.token_input, token_input(block));
        }
        return weights;
    }

    Result<void> outer(ModelWeights& weights) {
        MOE_TRY(weights.output_norm, norm("output_norm"));
        weights.output = weights.token_embedding;
        if (!spec_.tied_output) {
            MOE_TRY(weights.output, tensors_.matrix("output.weight", spec_.n_vocab, spec_.d_model));
        }
        if (spec_.output_bias) {
            MOE_TRY(weights.output_bias, tensors_.vector("output.bias", spec_.n_vocab));
        }
        if (spec_.d_token_input == 0) return {};
        const std::size_t width = spec_.layers.size() * spec_.d_token_input;
        MOE_TRY(weights.token_input_embedding,
                tensors_.matrix("per_layer_token_embd.weight", spec_.n_vocab, width));
        MOE_TRY(weights.token_input_down,
                tensors_.matrix("per_layer_model_proj.weight", width, spec_.d_model));
        MOE_TRY(weights.token_input_norm, tensors_.vector("per_layer_proj_norm.weight", spec_.d_token_input));
        return {};
    }

  private:
    Result<void> feed_forward(const std::string& block, const LayerSpec& spec, LayerWeights& weights) {
        MOE_TRY(weights.ffn_norm, norm(block + std::string(names_.ffn_norm)));
        if (spec.moe) {
            MOE_TRY(weights.moe, bind_moe(tensors_, block, *spec.moe, spec_.d_model));
            MOE_TRY(expert_inputs(block, *spec.moe, weights));
        }
        if (spec.d_ff_dense > 0) {
            MOE_TRY(weights.dense, bind_dense(tensors_, block, "", spec.d_ff_dense, spec_.d_model));
        }
        if (spec.norm_after_branches) {
            MOE_TRY(weights.dense_norm_after, norm(block + "post_ffw_norm_1"));
            MOE_TRY(weights.routed_norm_after, norm(block + "post_ffw_norm_2"));
        }
        if (spec.norm_after_ffn) {
            const bool has_other_name = tensors_.contains(block + "layer_output_norm.weight");  // Grok's first files
            MOE_TRY(weights.ffn_norm_after, norm(block + (has_other_name ? "layer_output_norm" : "post_ffw_norm")));
        }
        return {};
    }

    Result<void> expert_inputs(const std::string& block, const MoeSpec& spec, LayerWeights& weights) {
        if (spec.experts_read == MoeSpec::ExpertsRead::OwnNorm) {
            MOE_TRY(weights.expert_norm, norm(block + "pre_ffw_norm_2"));
        }
        if (spec.experts_read == MoeSpec::ExpertsRead::OwnNormOfLayerInput) {
            MOE_TRY(weights.expert_norm, norm(block + "ffn_norm_exps"));
        }
        if (spec.router_reads == MoeSpec::RouterReads::UnitNorm) {
            MOE_TRY(weights.router_scale, tensors_.vector(block + "ffn_gate_inp.scale", spec_.d_model));
        }
        return {};
    }

    Result<TokenInputWeights> token_input(const std::string& block) {
        TokenInputWeights weights;
        MOE_TRY(weights.gate, tensors_.matrix(block + "inp_gate.weight", spec_.d_token_input, spec_.d_model));
        MOE_TRY(weights.up, tensors_.matrix(block + "proj.weight", spec_.d_model, spec_.d_token_input));
        MOE_TRY(weights.norm_after, norm(block + "post_norm"));
        return weights;
    }

    TensorTable& tensors_;
    const ModelSpec& spec_;
    const TensorNames& names_;
};

std::size_t n_factored_dims(const ModelSpec& spec) {
    for (const LayerSpec& layer : spec.layers) {
        if (layer.attention.has_rope_factors && layer.attention.n_rope_dims > 0)
            return layer.attention.n_rope_dims;
    }
    return 0;
}

Result<std::span<const float>> bind_factors(TensorTable& tensors, const std::string& name,
                                            const ModelSpec& spec) {
    if (!tensors.contains(name)) return std::span<const float>();
    MOE_TRY(const std::span<const float> factors, tensors.vector(name, n_factored_dims(spec) / 2));
    for (const float factor : factors) {
        if (!std::isfinite(factor) || factor <= 0.0f) {
            return make_error("tensor {} holds {}, factors above 0 are needed; fetch the file again", name,
                              factor);
        }
    }
    return factors;
}

/// Llama 3.1 files carry their long-context scaling as a factor per pair, Phi files two sets of them.
Result<void> bind_rope_factors(TensorTable& tensors, const ModelSpec& spec, ModelWeights& weights) {
    MOE_TRY(weights.rope_factors, bind_factors(tensors, "rope_freqs.weight", spec));
    if (!weights.rope_factors.empty()) return {};
    MOE_TRY(weights.rope_factors, bind_factors(tensors, "rope_factors_short.weight", spec));
    MOE_TRY(weights.long_rope_factors, bind_factors(tensors, "rope_factors_long.weight", spec));
    return {};
}

}  // namespace

Result<ModelWeights> bind_weights(const GgufReader& file, const ModelSpec& spec, const TensorNames& names) {
    TensorTable tensors(file);
    Binder binder(tensors, spec, names);
    ModelWeights weights;
    MOE_TRY(weights.token_embedding, tensors.matrix("token_embd.weight", spec.n_vocab, spec.d_model));
    MOE_TRY(bind_rope_factors(tensors, spec, weights));
    for (std::size_t layer = 0; layer < spec.layers.size(); ++layer) {
        MOE_TRY(LayerWeights bound, binder.layer(layer));
        weights.layers.push_back(bound);
    }
    MOE_TRY(binder.outer(weights));
    for (std::size_t i = 0; i < spec.n_ignored_layers; ++i) {
        tensors.ignore(fmt::format("blk.{}.", spec.layers.size() + i));
    }
    MOE_TRY(tensors.check_all_used(spec.architecture));
    return weights;
}

}  // namespace moe
