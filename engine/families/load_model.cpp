#include "engine/families/load_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/families/bind_weights.h"
#include "engine/families/family.h"
#include "engine/gguf/printable.h"

namespace moe {
namespace {

struct Family {
    std::string_view architecture;
    Result<ModelSpec> (*read)(const Hyperparameters&);
    TensorNames names;
};

constexpr std::array kFamilies{
    Family{"arctic", read_arctic, {}},
    Family{"bailingmoe", read_bailingmoe, {}},
    Family{"bailingmoe2", read_bailingmoe2, {}},
    Family{"dbrx", read_dbrx, {.ffn_norm = "attn_output_norm"}},
    Family{"deepseek", read_deepseek, {}},
    Family{"deepseek2", read_deepseek2, {}},
    Family{"ernie4_5-moe", read_ernie4_5_moe, {}},
    Family{"gemma4", read_gemma4, {}},
    Family{"glm4moe", read_glm4moe, {.ffn_norm = "post_attention_norm"}},
    Family{"gpt-oss", read_gpt_oss, {.ffn_norm = "post_attention_norm"}},
    Family{"granitemoe", read_granitemoe, {}},
    Family{"grok", read_grok, {.attention_norm_after = "attn_output_norm"}},
    Family{"hunyuan-moe", read_hunyuan_moe, {}},
    Family{"llama", read_llama, {}},
    Family{"llama4", read_llama4, {}},
    Family{"minimax-m2", read_minimax_m2, {}},
    Family{"olmoe", read_olmoe, {}},
    Family{"phimoe", read_phimoe, {}},
    Family{"qwen2moe", read_qwen2moe, {}},
    Family{"qwen3", read_qwen3, {}},
    Family{"qwen35moe", read_qwen35moe, {.ffn_norm = "post_attention_norm"}},
    Family{"qwen3moe", read_qwen3moe, {}},
    Family{"qwen3next", read_qwen3next, {.ffn_norm = "post_attention_norm"}},
    Family{"smallthinker", read_smallthinker, {}},
};  // sorted

Result<const Family*> find_family(std::string_view architecture) {
    for (const Family& family : kFamilies) {
        if (family.architecture == architecture) return &family;
    }
    std::string known;
    for (const Family& family : kFamilies)
        known += (known.empty() ? "" : ", ") + std::string(family.architecture);
    return make_error("architecture '{}' is not there yet; known: {}", printable(architecture), known);
}

Result<Model> read_model_file(GgufReader file, const std::string& file_name) {
    MOE_TRY(const std::string_view architecture, file.metadata().text("general.architecture"));
    MOE_TRY(const Family* const family, find_family(architecture));
    MOE_TRY(ModelSpec spec, family->read(Hyperparameters(file, architecture)));
    MOE_TRY(ModelWeights weights, bind_weights(file, spec, family->names));
    if (spec.name.empty()) spec.name = file_name;
    return Model{.file = std::move(file), .spec = std::move(spec), .weights = std::move(weights)};
}

}  // namespace

Result<std::shared_ptr<const Model>> load_model(GgufReader file, const std::string& file_name) {
    Result<Model> model = read_model_file(std::move(file), file_name);
    if (!model) return make_error("{}: {}", file_name, model.error().message);
    return std::make_shared<const Model>(std::move(model).value());
}

Result<std::shared_ptr<const Model>> load_model(const std::filesystem::path& path) {
    MOE_TRY(GgufReader file, GgufReader::open(path));
    return load_model(std::move(file), path.filename().string());
}

std::vector<std::string> known_architectures() {
    std::vector<std::string> names;
    for (const Family& family : kFamilies) names.emplace_back(family.architecture);
    return names;
}

}  // namespace moe
