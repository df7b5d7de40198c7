#include "engine/nn/gated_activation.h"

#include <algorithm>
#include <cmath>

#include "engine/kernels/sigmoid.h"
#include "engine/nn/swiglu.h"

namespace moe {
namespace {

template <class Function>
void for_each_pair(MatrixView<float> gate, MatrixView<const float> up, const Function& function) {
    MOE_CHECK(gate.rows == up.rows && gate.cols == up.cols);
    for (std::size_t row = 0; row < gate.rows; ++row) {
        const std::span<float> g = gate.row(row);
        const std::span<const float> u = up.row(row);
        for (std::size_t i = 0; i < g.size(); ++i) g[i] = function(g[i], u[i]);
    }
}

float clamped_swiglu(float gate, float up) {
    constexpr float kLimit = 7.0f;
    constexpr float kSlope = 1.702f;
    const float g = std::min(gate, kLimit);
    return g * sigmoid(kSlope * g) * (std::clamp(up, -kLimit, kLimit) + 1.0f);
}

}  // namespace

float gelu(float x) {
    constexpr float kSqrt2OverPi = 0.7978845608f;
    return 0.5f * x * (1.0f + std::tanh(kSqrt2OverPi * x * (1.0f + 0.044715f * x * x)));
}

void gated_activation(Activation activation, MatrixView<float> gate, MatrixView<const float> up) {
    switch (activation) {
        case Activation::Silu:
            swiglu(gate, up);
            return;
        case Activation::Relu:
            for_each_pair(gate, up, [](float g, float u) { return std::max(g, 0.0f) * u; });
            return;
        case Activation::Gelu:
            for_each_pair(gate, up, [](float g, float u) { return gelu(g) * u; });
            return;
        case Activation::ClampedSwiglu:
            for_each_pair(gate, up, clamped_swiglu);
            return;
    }
}

}  // namespace moe
