#include "engine/families/hyperparameters.h"

#include <cmath>

#include "engine/gguf/printable.h"

namespace moe {
namespace {

constexpr double kMaxRopeBase = 1e15;
constexpr std::size_t kGatingSoftmax = 1;

/// Files without scaling may still name a kind of it, or a factor of 0 or 1.
Result<void> refuse_rope_scaling(const Hyperparameters& parameters) {
    const GgufMetadata& metadata = parameters.file().metadata();
    MOE_TRY(const std::string_view type, metadata.text_or(parameters.key("rope.scaling.type"), "linear"));
    if (type == "none") return {};
    if (type != "linear") {
        return make_error("rope scaling '{}' is not there yet; choose a model without rope scaling",
                          printable(type));
    }
    for (const std::string_view name : {"rope.scaling.factor", "rope.scale_linear"}) {
        MOE_TRY(const double factor, metadata.number_or(parameters.key(name), 1.0));
        if (factor == 0.0 || factor == 1.0) continue;
        return make_error(
            "rope scaling by a factor of {} is not there yet; choose a model without rope scaling", factor);
    }
    return {};
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
    MOE_TRY(refuse_rope_scaling(parameters));
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

Result<double> Hyperparameters::positive(std::string_view name, double max) const {
    MOE_TRY(const double value, file_.metadata().number(key(name)));
    if (value > 0.0 && value <= max) return value;
    return make_error(
        "the metadata '{}' is {}, a number above 0 and up to {} is needed; fetch the file again", key(name),
        value, max);
}

Result<ModelSpec> read_model(const Hyperparameters& parameters) {
    ModelSpec spec;
    spec.architecture = parameters.architecture();
    MOE_TRY(const std::string_view name, parameters.file().metadata().text_or("general.name", ""));
    spec.name = std::string(name);
    MOE_TRY(spec.d_model, parameters.size("embedding_length", kMaxWidth));
    MOE_TRY(spec.n_ctx, parameters.size("context_length", kMaxContext));
    MOE_TRY(const double epsilon, parameters.positive("attention.layer_norm_rms_epsilon", 1.0));
    spec.norm_epsilon = static_cast<float>(epsilon);
    const GgufTensor* const embedding = parameters.file().find_tensor("token_embd.weight");
    if (embedding == nullptr) return make_error("tensor token_embd.weight is missing; fetch the file again");
    spec.n_vocab = embedding->dims[1];
    spec.tied_output = parameters.file().find_tensor("output.weight") == nullptr;
    return spec;
}

Result<AttentionSpec> read_attention(const Hyperparameters& parameters, const ModelSpec& model) {
    AttentionSpec spec;
    MOE_TRY(spec.n_heads, parameters.size("attention.head_count", kMaxHeads));
    MOE_TRY(spec.n_kv_heads, parameters.size_or("attention.head_count_kv", spec.n_heads, kMaxHeads));
    if (spec.n_heads % spec.n_kv_heads != 0) {
        return make_error("the metadata '{}' is {}, which does not divide the {} heads; fetch the file again",
                          parameters.key("attention.head_count_kv"), spec.n_kv_heads, spec.n_heads);
    }
    MOE_TRY(spec.d_head, read_head_length(parameters, model.d_model, spec.n_heads));
    MOE_TRY(spec.d_value, parameters.size_or("attention.value_length", spec.d_head, kMaxHeadLength));
    MOE_TRY(read_rope(parameters, spec));
    spec.score_scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(spec.d_head)));
    return spec;
}

Result<MoeSpec> read_softmax_experts(const Hyperparameters& parameters, std::size_t d_ff) {
    MoeSpec spec;
    spec.d_ff = d_ff;
    MOE_TRY(refuse_other_gating(parameters));
    MOE_TRY(spec.n_experts, parameters.size("expert_count", kMaxExperts));
    MOE_TRY(spec.top_k, parameters.size("expert_used_count", spec.n_experts));
    // A scale of zero is how some files say that there is none.
    MOE_TRY(const double scale,
            parameters.file().metadata().number_or(parameters.key("expert_weights_scale"), 0.0));
    if (scale != 0.0) spec.weights_scale = static_cast<float>(scale);
    return spec;
}

Result<ModelSpec> with_equal_layers(const Hyperparameters& parameters, ModelSpec model,
                                    const LayerSpec& layer) {
    MOE_TRY(const std::size_t n_layers, parameters.size("block_count", kMaxLayers));
    model.layers.assign(n_layers, layer);
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
