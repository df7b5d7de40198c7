#include "engine/kernels/vector_ops.h"

#include <cstddef>

#include "engine/base/check.h"
#include "engine/kernels/lanes.h"
#include "engine/kernels/target_clones.h"

namespace moe {
namespace {

MOE_TARGET_CLONES float dot_of(const float* a, const float* b, std::size_t n) {
    float lanes[kLanes] = {};
    std::size_t i = 0;
    for (; i + kLanes <= n; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
    }
    for (std::size_t lane = 0; i + lane < n; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
    return sum_lanes(lanes);
}

MOE_TARGET_CLONES void add_scaled_to(float* y, float scale, const float* x, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) y[i] += scale * x[i];
}

}  // namespace

float dot(std::span<const float> a, std::span<const float> b) {
    MOE_CHECK(a.size() == b.size());
    return dot_of(a.data(), b.data(), a.size());
}

void add_scaled(std::span<float> y, float scale, std::span<const float> x) {
    MOE_CHECK(y.size() == x.size());
    add_scaled_to(y.data(), scale, x.data(), y.size());
}

}  // namespace moe
