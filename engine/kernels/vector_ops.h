#pragma once

#include <span>

namespace moe {

/// a . b, summed in independent lanes in a fixed order: the same bits on every machine.
float dot(std::span<const float> a, std::span<const float> b);

/// y += scale * x.
void add_scaled(std::span<float> y, float scale, std::span<const float> x);

/// y *= factor.
void scale(std::span<float> y, float factor);

/// y[i] = cap * tanh(y[i] / cap).
void cap_softly(std::span<float> y, float cap);

}  // namespace moe
