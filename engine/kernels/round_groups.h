#pragma once

#include "engine/kernels/matrix_kernels.h"
#include "engine/kernels/simd_generic.h"

namespace moe {

/// Rounds groups of 32 values to 8 bits, each to its largest magnitude. A group with a number that is NaN or
/// infinite gets a scale that is no number.
template <class S>
void round_groups(const float* x, std::size_t n_groups, const RoundedGroups& out) {
    for (std::size_t g = 0; g < n_groups; ++g) {
        const float largest = S::largest32(x + 32 * g);
        std::int32_t sums[2];
        S::round32(x + 32 * g, largest > 0.0f ? 127.0f / largest : 0.0f, out.q + 32 * g, sums);
        const bool is_broken = !(largest - largest == 0.0f);
        const float scale = is_broken ? __builtin_nanf("") : largest / 127.0f;
        out.scale[g] = scale;
        out.sum16[2 * g] = sums[0];
        out.sum16[2 * g + 1] = sums[1];
        out.sum32[g] = sums[0] + sums[1];
    }
}

}  // namespace moe
