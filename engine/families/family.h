#pragma once

#include "engine/base/result.h"
#include "engine/families/hyperparameters.h"
#include "engine/model/model_spec.h"

namespace moe {

// One function a family, in the file of its name: what the metadata says and what the family implies.

/// OLMoE (arXiv:2409.02060).
Result<ModelSpec> read_olmoe(const Hyperparameters& parameters);

/// Mixtral (arXiv:2401.04088) where there are experts, else Llama and its relatives (arXiv:2302.13971).
Result<ModelSpec> read_llama(const Hyperparameters& parameters);

/// Qwen1.5-MoE and Qwen2-57B-A14B (arXiv:2407.10671, section 2.2.2).
Result<ModelSpec> read_qwen2moe(const Hyperparameters& parameters);

/// Qwen3, dense (arXiv:2505.09388).
Result<ModelSpec> read_qwen3(const Hyperparameters& parameters);

/// Qwen3 with experts (arXiv:2505.09388), and the embedded model.
Result<ModelSpec> read_qwen3moe(const Hyperparameters& parameters);

}  // namespace moe
