#pragma once

#include "engine/base/matrix_view.h"

namespace moe {

/// y = x w^T in float by oneDNN, on the calling thread alone.
///
///   x  [m, k]   w  [n, k]   y  [m, n], overwritten
///
/// Every thread keeps its own compiled products, one for each shape it has met; keep the shapes few.
/// Returns false when oneDNN cannot do it (out of memory, an unknown CPU); y is then unspecified.
bool onednn_matmul(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y);

/// y += x w, as above.
///
///   x  [m, k]   w  [k, n]   y  [m, n]
bool onednn_add_matmul(MatrixView<const float> x, MatrixView<const float> w, MatrixView<float> y);

}  // namespace moe
