#pragma once

#include <span>

namespace moe {

/// a . b, summed in independent lanes in a fixed order: the same bits on every machine.
float dot(std::span<const float> a, std::span<const float> b);

/// Whether no number is NaN or infinite.
bool all_finite(std::span<const float> x);

/// y += scale * x.
void add_scaled(std::span<float> y, float scale, std::span<const float> x);

/// y *= factor.
void scale(std::span<float> y, float factor);

/// y[i] *= 1 / (1 + exp(-gate[i])). With y as its own gate this is silu; else they do not overlap.
void multiply_by_sigmoid(std::span<float> y, std::span<const float> gate);

/// y[i] = cap * tanh(y[i] / cap).
void cap_softly(std::span<float> y, float cap);

}  // namespace moe
