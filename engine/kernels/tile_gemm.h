#pragma once

#include "engine/kernels/linear.h"

namespace moe {

/// y = x W^T for many tokens: a tile of rows is decoded to float once and multiplied with all tokens.
/// Runs on the calling thread.
void tile_gemm(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y);

}  // namespace moe
