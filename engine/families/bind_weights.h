#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/gguf/gguf_reader.h"
#include "engine/model/model_spec.h"
#include "engine/model/model_weights.h"

namespace moe {

/// Names that differ between families: "blk.N." before and ".weight" behind.
struct TensorNames {
    std::string_view ffn_norm = "ffn_norm";
    std::string_view attention_norm_after = "post_attention_norm";
};

/// Finds every tensor that `spec` calls for, under the names that llama.cpp's converter gives them, and
/// checks its shape and type. A tensor that is left over is an error.
Result<ModelWeights> bind_weights(const GgufReader& file, const ModelSpec& spec, const TensorNames& names);

}  // namespace moe
