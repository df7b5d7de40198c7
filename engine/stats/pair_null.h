#pragma once

#include <span>

#include "engine/stats/coactivation.h"

namespace moe {

/// What pair counts would be, had each expert kept its load and chosen its partners by chance: the pairs
/// there are, dealt in proportion to both loads. For pairs within a layer (off the diagonal; the diagonal is
/// the load and has no null, 0) and uniform loads this is T k (k - 1) / (E (E - 1)); for flow between layers
/// it is the expected count of the chi-square test, row sum x column sum / total.
enum class PairKind { WithinLayer, BetweenLayers };
Matrix<double> pair_null(const PairCounts& counts, PairKind kind);

}  // namespace moe
