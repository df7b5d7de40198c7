#include "engine/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "engine/base/check.h"
#include "engine/kernels/exponential.h"
#include "engine/kernels/lanes.h"
#include "engine/kernels/target_clones.h"

namespace moe {
namespace {

MOE_TARGET_CLONES float largest_lane_by_lane(const float* x, std::size_t n) {
    float lanes[kLanes];
    for (float& lane : lanes) lane = std::numeric_limits<float>::lowest();
    std::size_t i = 0;
    for (; i + kLanes <= n; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
    }
    for (; i < n; ++i) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
    return *std::max_element(lanes, lanes + kLanes);
}

MOE_TARGET_CLONES double exp_eight_by_eight(float shift, float* x, std::size_t n) {
    Vector8 sums = {};
    std::size_t i = 0;
    for (; i + kVectorWidth <= n; i += kVectorWidth) {
        Vector8 some = vector_at(x + i) - shift;
        raise_e(some);
        sums += some;
        vector_at(x + i) = some;
    }
    double sum = 0.0;
    for (std::size_t lane = 0; lane < kVectorWidth; ++lane) sum += static_cast<double>(sums[lane]);
    for (; i < n; ++i) {
        x[i] = fast_exp(x[i] - shift);
        sum += static_cast<double>(x[i]);
    }
    return sum;
}

}  // namespace

// With std::exp and not fast_exp: a trace computes the router's scores again, digit by digit.
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

float largest_of(std::span<const float> x) { return largest_lane_by_lane(x.data(), x.size()); }

double exp_below(float shift, std::span<float> x) { return exp_eight_by_eight(shift, x.data(), x.size()); }

}  // namespace moe
