#include "engine/families/random_model_spec.h"

#include <algorithm>
#include <array>

#include "engine/families/hyperparameters.h"
#include "engine/gguf/printable.h"

namespace moe {
namespace {

struct Mixture {
    std::string_view name;
    WeightTypes types;
};

constexpr std::array kMixtures{
    Mixture{"Q3_K_M", {.most = BlockType::Q3_K, .raised = BlockType::Q4_K, .output = BlockType::Q6_K}},
    Mixture{"Q4_K_M", {.most = BlockType::Q4_K, .raised = BlockType::Q6_K, .output = BlockType::Q6_K}},
    Mixture{"Q5_K_M", {.most = BlockType::Q5_K, .raised = BlockType::Q6_K, .output = BlockType::Q6_K}},
};

// Sizes from the models' own config.json. Mixtral's and OLMoE's heads have 128 numbers as d_model / n_heads.
std::vector<RandomModelSpec> make_presets() {
    return {
        {.architecture = "olmoe",
         .name = "olmoe-1b-7b",
         .n_layers = 16,
         .d_model = 2048,
         .n_heads = 16,
         .n_kv_heads = 16,
         .d_head = 128,
         .n_experts = 64,
         .top_k = 8,
         .d_ff = 1024,
         .n_vocab = 50304,
         .n_ctx = 4096,
         .norm_epsilon = 1e-5f},
        {.architecture = "qwen3moe",
         .name = "qwen3-30b-a3b",
         .n_layers = 48,
         .d_model = 2048,
         .n_heads = 32,
         .n_kv_heads = 4,
         .d_head = 128,
         .n_experts = 128,
         .top_k = 8,
         .d_ff = 768,
         .n_vocab = 151936,
         .n_ctx = 40960,
         .rope_base = 1e6f},
        {.architecture = "llama",
         .name = "mixtral-8x7b",
         .n_layers = 32,
         .d_model = 4096,
         .n_heads = 32,
         .n_kv_heads = 8,
         .d_head = 128,
         .n_experts = 8,
         .top_k = 2,
         .d_ff = 14336,
         .n_vocab = 32000,
         .n_ctx = 32768,
         .rope_base = 1e6f,
         .norm_epsilon = 1e-5f},
        {.architecture = "qwen2moe",
         .name = "qwen1.5-moe-a2.7b",
         .n_layers = 24,
         .d_model = 2048,
         .n_heads = 16,
         .n_kv_heads = 16,
         .d_head = 128,
         .n_experts = 60,
         .top_k = 4,
         .d_ff = 1408,
         .d_ff_shared = 5632,
         .n_vocab = 151936,
         .n_ctx = 8192,
         .rope_base = 1e6f},
        {.architecture = "qwen3moe",
         .name = "tiny",
         .n_layers = 2,
         .d_model = 256,
         .n_heads = 4,
         .n_kv_heads = 2,
         .d_head = 64,
         .n_experts = 8,
         .top_k = 2,
         .d_ff = 256,
         .n_vocab = 512,
         .n_ctx = 2048,
         .rope_base = 1e6f},
    };
}

const std::vector<RandomModelSpec>& presets() {
    static const std::vector<RandomModelSpec> list = make_presets();
    return list;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

Result<void> check_size(std::string_view name, std::size_t value, std::size_t max) {
    if (value >= 1 && value <= max) return {};
    return make_error("{} is {}; choose 1 to {}", name, value, max);
}

Result<void> check_sizes(const RandomModelSpec& spec) {
    constexpr std::size_t kMaxVocabulary = std::size_t{1} << 22;
    MOE_TRY(check_size("the number of layers", spec.n_layers, kMaxLayers));
    MOE_TRY(check_size("the model's width", spec.d_model, kMaxWidth));
    MOE_TRY(check_size("the number of heads", spec.n_heads, kMaxHeads));
    MOE_TRY(check_size("the number of key and value heads", spec.n_kv_heads, spec.n_heads));
    MOE_TRY(check_size("the length of a head", spec.d_head, kMaxHeadLength));
    MOE_TRY(check_size("the number of experts", spec.n_experts, kMaxExperts));
    MOE_TRY(check_size("the number of experts a token takes", spec.top_k, spec.n_experts));
    MOE_TRY(check_size("the width of an expert", spec.d_ff, kMaxWidth));
    MOE_TRY(check_size("the vocabulary", spec.n_vocab, kMaxVocabulary));
    return check_size("the context", spec.n_ctx, kMaxContext);
}

}  // namespace

std::vector<std::string> weight_type_names() {
    std::vector<std::string> names;
    for (const BlockType type : all_block_types()) names.emplace_back(block_type_name(type));
    for (const Mixture& mixture : kMixtures) names.emplace_back(mixture.name);
    return names;
}

Result<WeightTypes> weight_types_from_name(std::string_view name) {
    for (const Mixture& mixture : kMixtures) {
        if (mixture.name == name) return mixture.types;
    }
    const std::optional<BlockType> type = block_type_from_name(name);
    if (type) return WeightTypes{.most = *type, .raised = *type, .output = *type};
    return make_error("the type '{}' is not known; choose one of {}", printable(name),
                      joined(weight_type_names()));
}

std::vector<std::string> random_model_presets() {
    std::vector<std::string> names;
    for (const RandomModelSpec& preset : presets()) names.push_back(preset.name);
    return names;
}

Result<RandomModelSpec> random_model_preset(std::string_view name) {
    for (const RandomModelSpec& preset : presets()) {
        if (preset.name == name) return preset;
    }
    return make_error("the shape '{}' is not known; choose one of {}", printable(name),
                      joined(random_model_presets()));
}

Result<void> check_random_model(const RandomModelSpec& spec) {
    constexpr std::array<std::string_view, 4> kArchitectures{"llama", "olmoe", "qwen2moe", "qwen3moe"};
    if (std::ranges::find(kArchitectures, spec.architecture) == kArchitectures.end()) {
        return make_error(
            "random models of architecture '{}' are not there; choose llama, olmoe, qwen2moe or qwen3moe",
            printable(spec.architecture));
    }
    MOE_TRY(check_sizes(spec));
    if (spec.n_heads % spec.n_kv_heads != 0) {
        return make_error("{} key and value heads do not divide {} heads; choose a divisor", spec.n_kv_heads,
                          spec.n_heads);
    }
    if (spec.d_head % 2 != 0) return make_error("heads have {} numbers; choose an even length", spec.d_head);
    const bool has_shared = spec.architecture == "qwen2moe";
    if (has_shared) return check_size("the width of the shared expert", spec.d_ff_shared, kMaxWidth);
    if (spec.d_ff_shared == 0) return {};
    return make_error("{} has no shared expert; choose a shared width of 0", spec.architecture);
}

}  // namespace moe
