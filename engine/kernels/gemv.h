#pragma once

#include "engine/kernels/linear.h"

namespace moe {

/// y = x W^T for a few tokens, each weight decoded in registers and used at once: the time is that of
/// reading the weight. Runs on the calling thread.
///
/// A token's result has the same bits whichever tokens it comes with.
void gemv(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y);

}  // namespace moe
