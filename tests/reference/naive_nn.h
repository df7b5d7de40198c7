#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/base/matrix_view.h"
#include "engine/nn/attention.h"

namespace moe::test {

// What engine/kernels and engine/nn compute, in double and by definition: slow, and short enough to check by
// eye.

/// y = x W^T: [n_tokens, n_out], w is [n_out, n_in].
std::vector<double> naive_linear(MatrixView<const float> w, MatrixView<const float> x);

std::vector<double> naive_softmax(std::span<const double> x);

/// Causal grouped-query attention, [n_tokens, n_heads * d_value]: every position is scored, those that are
/// not to be seen at minus infinity.
std::vector<double> naive_attention(const AttentionShape& shape, std::size_t first_position,
                                    MatrixView<const float> queries, MatrixView<const float> keys,
                                    MatrixView<const float> values);

/// down(silu(gate x) * up x) of one token.
std::vector<double> naive_swiglu_ffn(MatrixView<const float> gate, MatrixView<const float> up,
                                     MatrixView<const float> down, std::span<const float> x);

/// Σ (value - expected)² / Σ expected².
double normalized_squared_error(std::span<const float> values, std::span<const double> expected);

}  // namespace moe::test
