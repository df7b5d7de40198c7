#pragma once

#include <span>

#include "engine/base/matrix_view.h"

namespace moe {

/// y = x / sqrt(mean(x²) + epsilon) * weight, row by row (Zhang and Sennrich 2019, arXiv:1910.07467, eq. 4).
///
///   x, y    [n_rows, n]  may be the same memory
///   weight  [n]
void rms_norm(MatrixView<const float> x, std::span<const float> weight, float epsilon, MatrixView<float> y);

/// As above for each head of a row: x is [n_tokens, n_heads * n] and every stretch of n is normalised
/// by itself, in place.
void rms_norm_heads(MatrixView<float> x, std::span<const float> weight, float epsilon);

/// As rms_norm_heads with a weight of 1 and heads of `d_head`.
void unit_rms_norm_heads(MatrixView<float> x, std::size_t d_head, float epsilon);

/// y = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight, row by row (Ba et al. 2016, arXiv:1607.06450,
/// eq. 4, without bias).
void layer_norm(MatrixView<const float> x, std::span<const float> weight, float epsilon, MatrixView<float> y);

/// sqrt(Σ x²).
float l2_norm(std::span<const float> x);

}  // namespace moe
