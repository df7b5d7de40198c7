#include "engine/families/family.h"

namespace moe {
namespace {

Result<DeltaNetSpec> read_delta_net(const Hyperparameters& parameters, DeltaNetSpec::HeadOrder head_order) {
    DeltaNetSpec spec;
    spec.head_order = head_order;
    MOE_TRY(spec.n_key_heads, parameters.size("ssm.group_count", kMaxHeads));
    MOE_TRY(spec.n_value_heads, parameters.size("ssm.time_step_rank", kMaxHeads));
    MOE_TRY(spec.d_key, parameters.size("ssm.state_size", kMaxHeadLength));
    MOE_TRY(const std::size_t n_values, parameters.size("ssm.inner_size", kMaxWidth));
    MOE_TRY(spec.n_conv, parameters.size("ssm.conv_kernel", kMaxHeads));
    spec.d_value = n_values / spec.n_value_heads;
    if (n_values % spec.n_value_heads == 0 && spec.n_value_heads % spec.n_key_heads == 0) return spec;
    return make_error("{} values in {} heads of {} key heads do not fit; fetch the file again", n_values,
                      spec.n_value_heads, spec.n_key_heads);
}

/// Three layers of four are delta nets, the fourth is attention with a gate behind it.
Result<ModelSpec> read_hybrid(const Hyperparameters& parameters, DeltaNetSpec::HeadOrder head_order) {
    constexpr std::size_t kUsualInterval = 4;
    MOE_TRY(ModelSpec model, read_model(parameters));
    LayerSpec layer;
    MOE_TRY(layer.attention, read_attention(parameters, model));
    layer.attention.qk_norm = AttentionSpec::QkNorm::PerHead;
    layer.attention.output_gate = true;
    layer.attention.qkv_bias =
        AttentionSpec::Bias::None;  // known in no such model: a tensor of that name is refused
    if (layer.attention.d_value != layer.attention.d_head) {
        return make_error("the metadata '{}' is {}, the head length {} is needed; fetch the file again",
                          parameters.key("attention.value_length"), layer.attention.d_value,
                          layer.attention.d_head);
    }
    MOE_TRY(const std::size_t d_ff, parameters.size("expert_feed_forward_length", kMaxWidth));
    MOE_TRY(layer.moe, read_softmax_experts(parameters, d_ff));
    layer.moe->renormalize = true;
    MOE_TRY(read_shared_width(parameters, *layer.moe));
    layer.moe->shared_gate = layer.moe->d_ff_shared > 0;
    MOE_TRY(model, with_equal_layers(parameters, std::move(model), layer));
    MOE_TRY(const DeltaNetSpec delta_net, read_delta_net(parameters, head_order));
    MOE_TRY(const std::size_t interval,
            parameters.size_or("full_attention_interval", kUsualInterval, kMaxLayers));
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        if ((i + 1) % interval != 0) model.layers[i].attention.delta_net = delta_net;
    }
    return model;
}

/// Pairs take turns in following time, height and width, which in a text are the same; a pair that follows
/// none is not rotated, and there is no such model.
Result<void> check_rope_sections(const Hyperparameters& parameters, std::size_t n_pairs) {
    const std::string key = parameters.key("rope.dimension_sections");
    if (!parameters.contains("rope.dimension_sections")) return {};
    MOE_TRY(const std::span<const std::int64_t> sections, parameters.file().metadata().integer_array(key));
    for (std::size_t pair = 0; pair < n_pairs; ++pair) {
        const std::size_t axis = pair % 3;
        if (axis < sections.size() && static_cast<std::int64_t>(pair / 3) < sections[axis]) continue;
        return make_error(
            "the metadata '{}' leaves out pair {}, which is not there yet; choose another model", key, pair);
    }
    return {};
}

}  // namespace

Result<ModelSpec> read_qwen3next(const Hyperparameters& parameters) {
    return read_hybrid(parameters, DeltaNetSpec::HeadOrder::Grouped);
}

Result<ModelSpec> read_qwen35moe(const Hyperparameters& parameters) {
    MOE_TRY(ModelSpec model, read_hybrid(parameters, DeltaNetSpec::HeadOrder::Tiled));
    MOE_TRY(check_rope_sections(parameters, model.layers.front().attention.n_rope_dims / 2));
    return model;
}

}  // namespace moe
