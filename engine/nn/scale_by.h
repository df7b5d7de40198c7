#pragma once

#include "engine/base/matrix_view.h"

namespace moe {

/// y *= scale.
inline void scale_by(float scale, MatrixView<float> y) {
    if (scale == 1.0f) return;
    for (std::size_t row = 0; row < y.rows; ++row) {
        for (float& value : y.row(row)) value *= scale;
    }
}

}  // namespace moe
