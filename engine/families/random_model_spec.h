#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/quant/block_types.h"

namespace moe {

/// How the matrices of a model are stored. Norms, biases and routers are F32 in every file.
struct WeightTypes {
    BlockType most = BlockType::F16;
    /// Of attn_v and ffn_down in some of the layers: the first and last eighth, and each third between.
    BlockType raised = BlockType::F16;
    BlockType output = BlockType::F16;
};

/// "Q8_0" and all other block types, everywhere; or the mixtures that quantizers name Q3_K_M, Q4_K_M, Q5_K_M.
Result<WeightTypes> weight_types_from_name(std::string_view name);

/// The names that `weight_types_from_name` knows.
std::vector<std::string> weight_type_names();

/// A model of random weights: the size and shape of a real one, for measuring and testing.
struct RandomModelSpec {
    std::string architecture;  ///< llama, olmoe, qwen2moe or qwen3moe
    std::string name;          ///< general.name
    std::size_t n_layers = 0;
    std::size_t d_model = 0;
    std::size_t n_heads = 0;
    std::size_t n_kv_heads = 0;
    std::size_t d_head = 0;
    std::size_t n_experts = 0;
    std::size_t top_k = 0;
    std::size_t d_ff = 0;         ///< of an expert
    std::size_t d_ff_shared = 0;  ///< of the shared expert, in qwen2moe
    std::size_t n_vocab = 0;
    std::size_t n_ctx = 0;
    float rope_base = 1e4f;
    float norm_epsilon = 1e-6f;
    WeightTypes types = {};
    std::uint64_t seed = 1;
};

/// The published sizes by name: "olmoe-1b-7b", "qwen3-30b-a3b", "mixtral-8x7b", "qwen1.5-moe-a2.7b"; and
/// "tiny", which every test can afford.
Result<RandomModelSpec> random_model_preset(std::string_view name);
std::vector<std::string> random_model_presets();

/// Fails with what does not fit: an unknown architecture, a size out of range, heads that do not divide.
Result<void> check_random_model(const RandomModelSpec& spec);

}  // namespace moe
