#include "engine/moe/combine.h"

#include <algorithm>

#include "engine/kernels/vector_ops.h"

namespace moe {

void combine(MatrixView<const float> expert_outputs, std::span<const std::size_t> rows,
             std::span<const float> weights, std::span<float> out) {
    MOE_CHECK(rows.size() == weights.size());
    std::ranges::fill(out, 0.0f);
    for (std::size_t slot = 0; slot < rows.size(); ++slot) {
        add_scaled(out, weights[slot], expert_outputs.row(rows[slot]));
    }
}

}  // namespace moe
