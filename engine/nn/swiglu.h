#pragma once

#include "engine/base/matrix_view.h"

namespace moe {

/// gate = silu(gate) * up with silu(x) = x sigmoid(x) (Shazeer 2020, arXiv:2002.05202, eq. 5).
///
///   gate, up  [n_tokens, d_ff]; gate is overwritten
void swiglu(MatrixView<float> gate, MatrixView<const float> up);

}  // namespace moe
