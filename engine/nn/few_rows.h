#pragma once

#include "engine/base/matrix_view.h"

namespace moe {

// Products with a handful of rows on the left, as when one token is generated: memory is the limit, so each
// row of `b` is read once, ahead of time, for up to four rows of `a`. Sums are in a fixed order: the same
// bits on every machine.

/// y = a b^T: a [m, k], b [n, k], y [m, n].
void multiply_few_rows(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> y);

/// y += a b: a [m, k], b [k, n], y [m, n].
void add_product_of_few_rows(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> y);

}  // namespace moe
