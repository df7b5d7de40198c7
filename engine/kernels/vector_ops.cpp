#include "engine/kernels/vector_ops.h"

#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/base/check.h"
#include "engine/kernels/exponential.h"
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

MOE_TARGET_CLONES bool has_full_exponent(const float* x, std::size_t n) {
    constexpr std::uint32_t kExponent = 0x7F800000u;  // all ones in NaN and Inf only
    std::uint32_t is_broken = 0;
    for (std::size_t i = 0; i < n; ++i)
        is_broken |=
            static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(x[i]) & kExponent) == kExponent);
    return is_broken != 0;
}

MOE_TARGET_CLONES void add_scaled_to(float* y, float scale, const float* x, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) y[i] += scale * x[i];
}

MOE_TARGET_CLONES void scale_all(float* y, float factor, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) y[i] *= factor;
}

MOE_TARGET_CLONES void cap_all(float* y, float cap, std::size_t n) {
    std::size_t i = 0;
    for (; i + kVectorWidth <= n; i += kVectorWidth) {
        Vector8 some = vector_at(y + i) / cap;
        apply_tanh(some);
        vector_at(y + i) = some * cap;
    }
    for (; i < n; ++i) y[i] = fast_tanh(y[i] / cap) * cap;
}

MOE_TARGET_CLONES void multiply_all_by_sigmoid(float* y, const float* gate, std::size_t n) {
    std::size_t i = 0;
    for (; i + kVectorWidth <= n; i += kVectorWidth) {
        Vector8 open = vector_at(gate + i);
        apply_sigmoid(open);
        vector_at(y + i) *= open;
    }
    for (; i < n; ++i) y[i] *= fast_sigmoid(gate[i]);
}

}  // namespace

float dot(std::span<const float> a, std::span<const float> b) {
    MOE_CHECK(a.size() == b.size());
    return dot_of(a.data(), b.data(), a.size());
}

bool all_finite(std::span<const float> x) { return !has_full_exponent(x.data(), x.size()); }

void add_scaled(std::span<float> y, float scale, std::span<const float> x) {
    MOE_CHECK(y.size() == x.size());
    add_scaled_to(y.data(), scale, x.data(), y.size());
}

void scale(std::span<float> y, float factor) { scale_all(y.data(), factor, y.size()); }

void multiply_by_sigmoid(std::span<float> y, std::span<const float> gate) {
    MOE_CHECK(y.size() == gate.size());
    multiply_all_by_sigmoid(y.data(), gate.data(), y.size());
}

void cap_softly(std::span<float> y, float cap) { cap_all(y.data(), cap, y.size()); }

}  // namespace moe
