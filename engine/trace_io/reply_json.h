#pragma once

#include <string>

#include "engine/trace_io/foreign_array.h"

namespace moe {

/// Reads a saved reply of vLLM, SGLang, Megatron or Dynamo out of `capture.file`: the array `routed_experts`,
/// [rows, layers, top_k] or flat where the reply does not tell its shape, and, where they are there,
/// `token_ids`, `prompt_len`, the pieces and the model's name. The value's form decides how it is read, not a version.
Result<void> read_reply(const std::string& path, Capture& capture);

}  // namespace moe
