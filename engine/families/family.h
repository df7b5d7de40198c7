#pragma once

#include "engine/base/result.h"
#include "engine/families/hyperparameters.h"
#include "engine/model/model_spec.h"

namespace moe {

// One function a family, in the file of its name: what the metadata says and what the family implies.

/// gpt-oss (arXiv:2508.10925).
Result<ModelSpec> read_gpt_oss(const Hyperparameters& parameters);

/// DeepSeek-MoE 16B (arXiv:2401.06066).
Result<ModelSpec> read_deepseek(const Hyperparameters& parameters);

/// DeepSeek-V2 and V2-Lite (arXiv:2405.04434), V3 and R1 (arXiv:2412.19437), Kimi-K2, Moonlight.
Result<ModelSpec> read_deepseek2(const Hyperparameters& parameters);

/// Granite 3 with experts.
Result<ModelSpec> read_granitemoe(const Hyperparameters& parameters);

/// Gemma 4, with experts and dense.
Result<ModelSpec> read_gemma4(const Hyperparameters& parameters);

/// GLM-4.5 and 4.6 (arXiv:2508.06471).
Result<ModelSpec> read_glm4moe(const Hyperparameters& parameters);

/// ERNIE 4.5 with experts.
Result<ModelSpec> read_ernie4_5_moe(const Hyperparameters& parameters);

/// Hunyuan-A13B.
Result<ModelSpec> read_hunyuan_moe(const Hyperparameters& parameters);

/// MiniMax-M2.
Result<ModelSpec> read_minimax_m2(const Hyperparameters& parameters);

/// Phi-3.5-MoE (arXiv:2404.14219).
Result<ModelSpec> read_phimoe(const Hyperparameters& parameters);

/// Ling-lite and Ling-plus (arXiv:2503.05139).
Result<ModelSpec> read_bailingmoe(const Hyperparameters& parameters);

/// Ling 2.0 and Ring.
Result<ModelSpec> read_bailingmoe2(const Hyperparameters& parameters);

/// DBRX.
Result<ModelSpec> read_dbrx(const Hyperparameters& parameters);

/// SmallThinker (arXiv:2507.20984).
Result<ModelSpec> read_smallthinker(const Hyperparameters& parameters);

/// Snowflake Arctic.
Result<ModelSpec> read_arctic(const Hyperparameters& parameters);

/// Grok-1 and Grok-2.
Result<ModelSpec> read_grok(const Hyperparameters& parameters);

/// Llama 4 Scout and Maverick.
Result<ModelSpec> read_llama4(const Hyperparameters& parameters);

/// OLMoE (arXiv:2409.02060).
Result<ModelSpec> read_olmoe(const Hyperparameters& parameters);

/// Mixtral (arXiv:2401.04088) where there are experts, else Llama and its relatives (arXiv:2302.13971).
Result<ModelSpec> read_llama(const Hyperparameters& parameters);

/// Qwen1.5-MoE and Qwen2-57B-A14B (arXiv:2407.10671, section 2.2.2).
Result<ModelSpec> read_qwen2moe(const Hyperparameters& parameters);

/// Qwen3, dense (arXiv:2505.09388).
Result<ModelSpec> read_qwen3(const Hyperparameters& parameters);

/// Qwen3-Next.
Result<ModelSpec> read_qwen3next(const Hyperparameters& parameters);

/// Qwen3.5 with experts, for text: in qwen3next.cpp.
Result<ModelSpec> read_qwen35moe(const Hyperparameters& parameters);

/// Qwen3 with experts (arXiv:2505.09388), and the embedded model.
Result<ModelSpec> read_qwen3moe(const Hyperparameters& parameters);

}  // namespace moe
