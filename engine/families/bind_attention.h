#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/blocks/delta_net.h"
#include "engine/blocks/gqa_attention.h"
#include "engine/families/tensor_table.h"

namespace moe {

/// The attention of one layer; `block` is "blk.N.".
Result<AttentionWeights> bind_attention(TensorTable& tensors, const std::string& block,
                                        const AttentionSpec& spec, std::size_t d_model);

/// A delta net in attention's place.
Result<DeltaNetWeights> bind_delta_net(TensorTable& tensors, const std::string& block,
                                       const DeltaNetSpec& spec, std::size_t d_model);

}  // namespace moe
