#include "engine/nn/gated_activation.h"

#include <cstddef>
#include <span>

#include "engine/kernels/exponential.h"
#include "engine/kernels/target_clones.h"

namespace moe {
namespace {

// An activation is written once, for one pair of gate and up and for eight. It is small enough that the
// compiler puts it into the loops below, which have a version for each vector width.

struct Silu {
    template <class Float>
    [[gnu::always_inline]] static void apply(Float& gate, const Float& up) {
        Float open = gate;
        apply_sigmoid(open);
        gate *= open * up;
    }
};

struct Relu {
    template <class Float>
    [[gnu::always_inline]] static void apply(Float& gate, const Float& up) {
        gate = (gate < 0.0f ? Float{} : gate) * up;  // NaN stays
    }
};

struct Gelu {
    template <class Float>
    [[gnu::always_inline]] static void apply(Float& gate, const Float& up) {
        constexpr float kSqrt2OverPi = 0.7978845608f;
        Float bend = kSqrt2OverPi * gate * (1.0f + 0.044715f * gate * gate);
        apply_tanh(bend);
        gate = 0.5f * gate * (1.0f + bend) * up;
    }
};

struct ClampedSwiglu {
    template <class Float>
    [[gnu::always_inline]] static void apply(Float& gate, const Float& up) {
        constexpr float kLimit = 7.0f;
        constexpr float kSlope = 1.702f;
        const Float limit = Float{} + kLimit;
        const Float g = gate > kLimit ? limit : gate;
        const Float below = up > kLimit ? limit : up;
        const Float u = below < -kLimit ? -limit : below;
        Float open = g * kSlope;
        apply_sigmoid(open);
        gate = g * open * (u + 1.0f);
    }
};

template <class Function>
[[gnu::always_inline]] inline void apply_to_all(float* gate, const float* up, std::size_t n) {
    std::size_t i = 0;
    for (; i + kVectorWidth <= n; i += kVectorWidth) {
        Vector8 some = vector_at(gate + i);
        const Vector8 factors = vector_at(up + i);
        Function::apply(some, factors);
        vector_at(gate + i) = some;
    }
    for (; i < n; ++i) Function::apply(gate[i], up[i]);
}

MOE_TARGET_CLONES void silu_all(float* gate, const float* up, std::size_t n) {
    apply_to_all<Silu>(gate, up, n);
}
MOE_TARGET_CLONES void relu_all(float* gate, const float* up, std::size_t n) {
    apply_to_all<Relu>(gate, up, n);
}
MOE_TARGET_CLONES void gelu_all(float* gate, const float* up, std::size_t n) {
    apply_to_all<Gelu>(gate, up, n);
}
MOE_TARGET_CLONES void clamped_swiglu_all(float* gate, const float* up, std::size_t n) {
    apply_to_all<ClampedSwiglu>(gate, up, n);
}

void apply_to_row(Activation activation, std::span<float> gate, std::span<const float> up) {
    switch (activation) {
        case Activation::Silu:
            return silu_all(gate.data(), up.data(), gate.size());
        case Activation::Relu:
            return relu_all(gate.data(), up.data(), gate.size());
        case Activation::Gelu:
            return gelu_all(gate.data(), up.data(), gate.size());
        case Activation::ClampedSwiglu:
            return clamped_swiglu_all(gate.data(), up.data(), gate.size());
    }
}

}  // namespace

float gelu(float x) {
    Gelu::apply(x, 1.0f);
    return x;
}

void gated_activation(Activation activation, MatrixView<float> gate, MatrixView<const float> up) {
    MOE_CHECK(gate.rows == up.rows && gate.cols == up.cols);
    for (std::size_t row = 0; row < gate.rows; ++row) apply_to_row(activation, gate.row(row), up.row(row));
}

}  // namespace moe
