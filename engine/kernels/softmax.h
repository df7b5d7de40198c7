#pragma once

#include <span>

namespace moe {

/// y[i] = exp(x[i]) / Σ exp(x), of x less its maximum, so that no exp overflows.
///
///   x, y  [n], n >= 1; may be the same memory
void softmax(std::span<const float> x, std::span<float> y);

}  // namespace moe
