#include "engine/families/hyperparameters.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/gguf/printable.h"

namespace moe {
namespace {

constexpr double kMaxRopeBase = 1e15;
constexpr double kMaxRopeFactor = 1e6;
constexpr std::size_t kGatingSoftmax = 1;
constexpr std::array kGatings{Gating::Softmax, Gating::Sigmoid, Gating::SoftmaxTopK};  // numbered from 1

/// Its knobs stand at the values of the paper, or there is no knowing what they do.
Result<void> check_yarn_knobs(const Hyperparameters& parameters) {
    struct Knob {
        std::string_view name;
        double value;
    };
    for (const Knob& knob :
         {Knob{"rope.scaling.yarn_ext_factor", 1.0}, Knob{"rope.scaling.yarn_attn_factor", 1.0}}) {
        MOE_TRY(const double value, parameters.number_or(knob.name, knob.value));
        if (value == knob.value) continue;
        return make_error("the metadata '{}' is {}, only {} is there yet; choose another model",
                          parameters.key(knob.name), value, knob.value);
    }
    return {};
}

Result<RopeScaling> read_yarn(const Hyperparameters& parameters) {
    MOE_TRY(check_yarn_knobs(parameters));
    RopeScaling scaling;
    MOE_TRY(scaling.factor, parameters.positive("rope.scaling.factor", kMaxRopeFactor));
    MOE_TRY(const std::size_t n_ctx, parameters.size("context_length", kMaxContext));
    MOE_TRY(scaling.original_context,
            parameters.size_or("rope.scaling.original_context_length", n_ctx, kMaxContext));
    MOE_TRY(const double magnitude, parameters.positive_or("rope.scaling.attn_factor", 1.0, kMaxRopeFactor));
    scaling.magnitude = magnitude * (1.0 + 0.1 * std::log(scaling.factor));
    MOE_TRY(scaling.many_turns,
            parameters.positive_or("rope.scaling.yarn_beta_fast", scaling.many_turns, kMaxRopeFactor));
    MOE_TRY(scaling.few_turns,
            parameters.positive_or("rope.scaling.yarn_beta_slow", scaling.few_turns, kMaxRopeFactor));
    if (scaling.many_turns <= scaling.few_turns) {
        return make_error("the metadata '{}' is {}, which is not more than the {} of yarn_beta_slow; fetch the file again",
                          parameters.key("rope.scaling.yarn_beta_fast"), scaling.many_turns, scaling.few_turns);
    }
    return scaling;
}

/// Files without scaling may still name a kind of it, or a factor of 0 or 1. "longrope" scales by the factors
/// that are tensors of the file (Ding et al. 2024, arXiv:2402.13753).
Result<RopeScaling> read_rope_scaling(const Hyperparameters& parameters) {
    const GgufMetadata& metadata = parameters.file().metadata();
    MOE_TRY(const std::string_view type, metadata.text_or(parameters.key("rope.scaling.type"), "linear"));
    if (type == "none") return RopeScaling();
    if (type == "yarn") return read_yarn(parameters);
    if (type != "linear" && type != "longrope") {
        return make_error("rope scaling '{}' is not there yet; choose a model without rope scaling",
                          printable(type));
    }
    RopeScaling scaling;
    MOE_TRY(scaling.original_context,
            parameters.size_or("rope.scaling.original_context_length", 0, kMaxContext));
    MOE_TRY(scaling.magnitude, parameters.positive_or("rope.scaling.attn_factor", 1.0, kMaxRopeFactor));
    if (type == "longrope") return scaling;
    for (const std::string_view name : {"rope.scaling.factor", "rope.scale_linear"}) {
        MOE_TRY(const double factor, metadata.number_or(parameters.key(name), 1.0));
        if (factor == 0.0 || factor == 1.0) continue;
        MOE_TRY(scaling.interpolation, parameters.positive(name, kMaxRopeFactor));
        break;
    }
    return scaling;
}

Result<void> refuse_other_gating(const Hyperparameters& parameters) {
    const std::string key = parameters.key("expert_gating_func");
    MOE_TRY(const std::size_t gating, parameters.file().metadata().size_or(key, kGatingSoftmax, 0, 255));
    if (gating == kGatingSoftmax) return {};
    return make_error("the metadata '{}' is {}, {} has softmax routers ({}); fetch the file again", key,
                      gating, parameters.architecture(), kGatingSoftmax);
}

Result<std::size_t> read_head_length(const Hyperparameters& parameters, std::size_t d_model,
                                     std::size_t n_heads) {
    if (parameters.contains("attention.key_length"))
        return parameters.size("attention.key_length", kMaxHeadLength);
    if (d_model % n_heads != 0) {
        return make_error(
            "the metadata '{}' is {}, which does not divide the embedding length {}; fetch the file again",
            parameters.key("attention.head_count"), n_heads, d_model);
    }
    return d_model / n_heads;
}

Result<void> read_rope(const Hyperparameters& parameters, AttentionSpec& spec) {
    MOE_TRY(spec.rope_scaling, read_rope_scaling(parameters));
    MOE_TRY(spec.n_rope_dims, parameters.size_or("rope.dimension_count", spec.d_head, kMaxHeadLength));
    if (spec.n_rope_dims % 2 != 0 || spec.n_rope_dims > spec.d_head) {
        return make_error(
            "the metadata '{}' is {}, an even number up to the head length {} is needed; "
            "fetch the file again",
            parameters.key("rope.dimension_count"), spec.n_rope_dims, spec.d_head);
    }
    MOE_TRY(spec.rope_base, parameters.positive_or("rope.freq_base", 10000.0, kMaxRopeBase));
    return {};
}

}  // namespace

bool Hyperparameters::has_layer_tensor(std::string_view name) const {
    for (const GgufTensor& tensor : file_.tensors()) {
        const std::string_view full = tensor.name;
        if (full.starts_with("blk.") && full.ends_with(name) &&
            full.substr(0, full.size() - name.size()).ends_with('.'))
            return true;
    }
    return false;
}

Result<std::size_t> Hyperparameters::layer_size_or(std::string_view name, std::size_t layer,
                                                   std::size_t fallback, std::size_t max) const {
    const GgufValue* const value = file_.metadata().find(key(name));
    if (value == nullptr || !std::holds_alternative<GgufArray>(*value)) return size_or(name, fallback, max);
    MOE_TRY(const std::span<const std::int64_t> sizes, file_.metadata().integer_array(key(name)));
    if (layer < sizes.size() && sizes[layer] >= 1 && static_cast<std::size_t>(sizes[layer]) <= max)
        return static_cast<std::size_t>(sizes[layer]);
    return make_error("the metadata '{}' has no size from 1 to {} for layer {}; fetch the file again",
                      key(name), max, layer);
}

Result<double> Hyperparameters::positive(std::string_view name, double max) const {
    MOE_TRY(const double value, file_.metadata().number(key(name)));
    if (value > 0.0 && value <= max) return value;
    return make_error(
        "the metadata '{}' is {}, a number above 0 and up to {} is needed; fetch the file again", key(name),
        value, max);
}

Result<ModelSpec> read_model(const Hyperparameters& parameters, NormKind norm) {
    ModelSpec spec;
    spec.norm = norm;
    spec.architecture = parameters.architecture();
    MOE_TRY(const std::string_view name, parameters.file().metadata().text_or("general.name", ""));
    spec.name = std::string(name);
    MOE_TRY(spec.d_model, parameters.size("embedding_length", kMaxWidth));
    MOE_TRY(spec.n_ctx, parameters.size("context_length", kMaxContext));
    MOE_TRY(const double epsilon,
            parameters.positive(
                norm == NormKind::Layer ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon",
                1.0));
    spec.norm_epsilon = static_cast<float>(epsilon);
    const GgufTensor* const embedding = parameters.file().find_tensor("token_embd.weight");
    if (embedding == nullptr) return make_error("tensor token_embd.weight is missing; fetch the file again");
    spec.n_vocab = embedding->dims[1];
    spec.tied_output = parameters.file().find_tensor("output.weight") == nullptr;
    return spec;
}

Result<AttentionSpec> read_attention(const Hyperparameters& parameters, const ModelSpec& model,
                                     std::size_t layer) {
    AttentionSpec spec;
    MOE_TRY(spec.n_heads, parameters.layer_size("attention.head_count", layer, kMaxHeads));
    MOE_TRY(spec.n_kv_heads,
            parameters.layer_size_or("attention.head_count_kv", layer, spec.n_heads, kMaxHeads));
    if (spec.n_heads % spec.n_kv_heads != 0) {
        return make_error("the metadata '{}' is {}, which does not divide the {} heads; fetch the file again",
                          parameters.key("attention.head_count_kv"), spec.n_kv_heads, spec.n_heads);
    }
    MOE_TRY(spec.d_head, read_head_length(parameters, model.d_model, spec.n_heads));
    MOE_TRY(spec.d_value, parameters.size_or("attention.value_length", spec.d_head, kMaxHeadLength));
    MOE_TRY(read_rope(parameters, spec));
    spec.score_scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(spec.d_head)));
    spec.qkv_bias = AttentionSpec::Bias::Optional;
    spec.output_bias = AttentionSpec::Bias::Optional;
    return spec;
}

Result<float> read_factor(const Hyperparameters& parameters, std::string_view name, float fallback) {
    constexpr double kMaxFactor = 1e6;
    MOE_TRY(const double value, parameters.number_or(name, 0.0));
    if (value == 0.0) return fallback;
    MOE_TRY(const double factor, parameters.positive(name, kMaxFactor));
    return static_cast<float>(factor);
}

Result<MoeSpec> read_expert_counts(const Hyperparameters& parameters, std::size_t d_ff) {
    MoeSpec spec;
    spec.d_ff = d_ff;
    MOE_TRY(spec.n_experts, parameters.size("expert_count", kMaxExperts));
    MOE_TRY(spec.top_k, parameters.size("expert_used_count", spec.n_experts));
    // A scale of zero is how some files say that there is none.
    MOE_TRY(const double scale,
            parameters.file().metadata().number_or(parameters.key("expert_weights_scale"), 0.0));
    if (scale != 0.0) spec.weights_scale = static_cast<float>(scale);
    return spec;
}

Result<MoeSpec> read_softmax_experts(const Hyperparameters& parameters, std::size_t d_ff) {
    MOE_TRY(refuse_other_gating(parameters));
    return read_expert_counts(parameters, d_ff);
}

Result<MoeSpec> read_experts(const Hyperparameters& parameters, std::size_t d_ff,
                             const RouterDefaults& defaults) {
    MOE_TRY(MoeSpec spec, read_expert_counts(parameters, d_ff));
    MOE_TRY(const std::size_t gating, parameters.count("expert_gating_func", kGatings.size()));
    spec.gating = gating == 0 ? defaults.gating : kGatings[gating - 1];
    MOE_TRY(spec.renormalize, parameters.flag_or("expert_weights_norm", defaults.renormalize));
    MOE_TRY(spec.n_groups, parameters.count("expert_group_count", spec.n_experts));
    spec.n_groups = std::max<std::size_t>(spec.n_groups, 1);
    MOE_TRY(spec.n_groups_used, parameters.count("expert_group_used_count", spec.n_groups));
    if (spec.n_groups_used == 0) spec.n_groups_used = spec.n_groups;
    if (spec.n_experts % spec.n_groups != 0 ||
        spec.top_k > spec.n_experts / spec.n_groups * spec.n_groups_used) {
        return make_error("{} of {} groups of experts do not hold {} of {} experts; fetch the file again",
                          spec.n_groups_used, spec.n_groups, spec.top_k, spec.n_experts);
    }
    spec.selection_bias = parameters.has_layer_tensor("exp_probs_b.bias");
    return spec;
}

Result<void> read_shared_count(const Hyperparameters& parameters, MoeSpec& spec) {
    MOE_TRY(spec.n_shared_experts, parameters.count("expert_shared_count", kMaxExperts));
    spec.d_ff_shared = spec.n_shared_experts * spec.d_ff;
    return {};
}

Result<void> read_shared_width(const Hyperparameters& parameters, MoeSpec& spec) {
    MOE_TRY(spec.d_ff_shared, parameters.count("expert_shared_feed_forward_length", kMaxWidth));
    spec.n_shared_experts = spec.d_ff_shared > 0 ? 1 : 0;
    return {};
}

Result<std::size_t> read_required_shared_width(const Hyperparameters& parameters) {
    const bool has_width = parameters.contains("expert_shared_feed_forward_length");
    return parameters.size(has_width ? "expert_shared_feed_forward_length" : "feed_forward_length", kMaxWidth);
}

Result<ModelSpec> with_equal_layers(const Hyperparameters& parameters, ModelSpec model,
                                    const LayerSpec& layer) {
    MOE_TRY(const std::size_t n_blocks, parameters.size("block_count", kMaxLayers));
    MOE_TRY(model.n_ignored_layers, parameters.count("nextn_predict_layers", n_blocks - 1));
    model.layers.assign(n_blocks - model.n_ignored_layers, layer);
    return model;
}

Result<ModelSpec> with_dense_layers(const Hyperparameters& parameters, ModelSpec model,
                                    const LayerSpec& layer) {
    MOE_TRY(model, with_equal_layers(parameters, std::move(model), layer));
    MOE_TRY(const std::size_t n_leading, parameters.count("leading_dense_block_count", model.layers.size()));
    MOE_TRY(const std::size_t step, parameters.size_or("interleave_moe_layer_step", 1, kMaxLayers));
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        if (i >= n_leading && (i + 1) % step == 0) continue;
        model.layers[i].moe.reset();
        MOE_TRY(model.layers[i].d_ff_dense, parameters.size("feed_forward_length", kMaxWidth));
    }
    return model;
}

Result<std::size_t> read_expert_width(const Hyperparameters& parameters) {
    if (parameters.contains("expert_feed_forward_length")) {
        return parameters.size("expert_feed_forward_length", kMaxWidth);
    }
    MOE_TRY(const std::size_t d_ff, parameters.size("feed_forward_length", kMaxWidth));
    MOE_TRY(const std::size_t top_k, parameters.size("expert_used_count", kMaxExperts));
    if (d_ff % top_k != 0) {
        return make_error("the metadata '{}' is missing; fetch the file again",
                          parameters.key("expert_feed_forward_length"));
    }
    return d_ff / top_k;
}

}  // namespace moe
