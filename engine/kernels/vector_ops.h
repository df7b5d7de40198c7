#pragma once

#include <span>

namespace moe {

/// a . b, summed in independent lanes in a fixed order: the same bits on every machine.
float dot(std::span<const float> a, std::span<const float> b);

/// y += scale * x.
void add_scaled(std::span<float> y, float scale, std::span<const float> x);

}  // namespace moe
