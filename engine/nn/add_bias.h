#pragma once

#include <span>

#include "engine/base/matrix_view.h"

namespace moe {

/// Adds `bias` to every row of y: [n_tokens, n].
inline void add_bias(std::span<const float> bias, MatrixView<float> y) {
    MOE_CHECK(bias.size() == y.cols);
    for (std::size_t row = 0; row < y.rows; ++row) {
        const std::span<float> values = y.row(row);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] += bias[i];
    }
}

}  // namespace moe
