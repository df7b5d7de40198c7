#pragma once

#include "engine/stats/load_null.h"

namespace moe {

/// How many experts are dead (LoadBalance::n_dead) on average under uniform routing: n_experts times the
/// probability that a binomial load of (n_tokens, top_k / n_experts) is under a tenth of the fair share.
/// Exact up to rounding.
double dead_null(const UniformRouting& routing);

}  // namespace moe
