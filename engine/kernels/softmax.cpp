#include "engine/kernels/softmax.h"

#include <algorithm>
#include <cmath>

#include "engine/base/check.h"

namespace moe {

void softmax(std::span<const float> x, std::span<float> y) {
    MOE_CHECK(!x.empty() && x.size() == y.size());
    const float max = *std::max_element(x.begin(), x.end());
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        y[i] = std::exp(x[i] - max);
        sum += static_cast<double>(y[i]);
    }
    const auto scale = static_cast<float>(1.0 / sum);
    for (float& value : y) value *= scale;
}

}  // namespace moe
