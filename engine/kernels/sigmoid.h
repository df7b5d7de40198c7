#pragma once

#include <cmath>

namespace moe {

/// 1 / (1 + exp(-x)).
inline float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

}  // namespace moe
