#pragma once

#include "engine/base/result.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/model/model_spec.h"
#include "engine/model/model_weights.h"

namespace moe {

/// Finds every tensor that `spec` calls for, under the names that llama.cpp's converter gives them, and
/// checks its shape and type. A tensor that is left over is an error.
Result<ModelWeights> bind_weights(const GgufReader& file, const ModelSpec& spec);

}  // namespace moe
