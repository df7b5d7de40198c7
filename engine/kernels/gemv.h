#pragma once

#include "engine/kernels/linear.h"

namespace moe {

/// y = x W^T for a few tokens in float. Values without blocks (F32, F16, BF16) are decoded in registers and
/// used at once: the time is that of reading the weight. Blocks are slow; they have kernels of their own
/// (matrix_kernels.h), and this is what those are compared with. Runs on the calling thread.
///
/// A token's result has the same bits whichever tokens it comes with.
void gemv(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y);

}  // namespace moe
