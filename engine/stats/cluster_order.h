#pragma once

#include <cstddef>
#include <vector>

#include "engine/base/matrix_view.h"

namespace moe {

/// An order of the rows of `profiles` that puts similar ones side by side: agglomerative clustering by
/// average linkage (Sokal and Michener 1958) on the cosine of the rows; the clusters are laid end to end as
/// they are merged, the one with the lower first row first. Deterministic; a row of zeros is similar to none.
/// Takes time n³ and memory n².
std::vector<std::size_t> cluster_order(MatrixView<const double> profiles);

}  // namespace moe
