#pragma once

#include <span>

namespace moe {

/// y[i] = exp(x[i]) / Σ exp(x), of x less its maximum, so that no exp overflows.
///
///   x, y  [n], n >= 1; may be the same memory
void softmax(std::span<const float> x, std::span<float> y);

// A softmax in parts, for scores that come block by block.

/// The largest of x; the lowest float where x is empty or all are lower. NaN counts as lower.
float largest_of(std::span<const float> x);

/// x[i] = exp(x[i] - shift). Returns their sum; NaN where an x is.
double exp_below(float shift, std::span<float> x);

}  // namespace moe
