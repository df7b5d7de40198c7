#include "engine/nn/swiglu.h"

#include "engine/kernels/sigmoid.h"

namespace moe {

void swiglu(MatrixView<float> gate, MatrixView<const float> up) {
    MOE_CHECK(gate.rows == up.rows && gate.cols == up.cols);
    for (std::size_t row = 0; row < gate.rows; ++row) {
        const std::span<float> g = gate.row(row);
        const std::span<const float> u = up.row(row);
        for (std::size_t i = 0; i < g.size(); ++i) g[i] = g[i] * sigmoid(g[i]) * u[i];
    }
}

}  // namespace moe
