#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/blocks/gqa_attention.h"
#include "engine/families/tensor_table.h"

namespace moe {

/// The attention of one layer; `block` is "blk.N.".
Result<AttentionWeights> bind_attention(TensorTable& tensors, const std::string& block,
                                        const AttentionSpec& spec, std::size_t d_model);

}  // namespace moe
