#pragma once

#include <cstddef>
#include <span>

#include "engine/base/matrix_view.h"

namespace moe {

/// A token's mix: out = Σ over slots weights[slot] * expert_outputs[rows[slot]], in slot order.
///
///   expert_outputs  [n_tokens * top_k, d_model]  in grouped order
///   rows, weights   [top_k]
///   out             [d_model], overwritten
void combine(MatrixView<const float> expert_outputs, std::span<const std::size_t> rows,
             std::span<const float> weights, std::span<float> out);

}  // namespace moe
