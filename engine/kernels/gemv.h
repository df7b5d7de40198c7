#pragma once

#include "engine/kernels/linear.h"

namespace moe {

/// y = x W^T for a few tokens in float and a weight of blocks, whose rows are decoded one by one by the scalar
/// decoder. Slow: blocks have kernels of their own (matrix_kernels.h), and this is what those are compared
/// with. Runs on the calling thread.
///
/// A token's result has the same bits whichever tokens it comes with.
void gemv_by_rows(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y);

}  // namespace moe
