#pragma once

#include <cstddef>
#include <span>

#include "engine/base/matrix.h"

namespace moe {

enum class RopeOrder { Interleaved, Halves };  ///< pairs (2i, 2i+1), or (i, i + n/2)

/// Cosine and sine of every angle that a batch of neighbouring positions needs: [n_tokens, n_rope_dims / 2].
struct RopeTable {
    Matrix<float> cosine;
    Matrix<float> sine;
};

/// How a model trained on `original_context` positions reads more of them. YaRN stretches long wavelengths by
/// `factor` and leaves short ones (Peng et al. 2023, arXiv:2309.00071, section 3.2); interpolation stretches
/// all of them (Chen et al. 2023, arXiv:2306.15595, eq. 4).
struct RopeScaling {
    double factor = 1.0;  ///< 1: no stretching
    double interpolation = 1.0;
    std::size_t original_context = 0;
    double magnitude = 1.0;   ///< factor of all cosines and sines
    double many_turns = 32.0;  ///< over the original context: from here on YaRN leaves a frequency as it is
    double few_turns = 1.0;    ///< and down from here it divides it by `factor` ("beta fast" and "beta slow")

    bool operator==(const RopeScaling&) const = default;
};

/// Fills `table` for positions first_position, first_position + 1, ... The angle of pair i is
/// position * base^(-2i / n_rope_dims), divided by factors[i] where there are factors
/// (Su et al. 2021, arXiv:2104.09864, eq. 15; the factors stretch long wavelengths, as Llama 3.1 does).
struct RopeAngles {
    std::size_t n_rope_dims = 0;
    double base = 10000.0;
    std::span<const float> factors;  ///< [n_rope_dims / 2] or empty
    RopeScaling scaling = {};
};
void fill_rope_table(const RopeAngles& angles, std::size_t first_position, std::size_t n_tokens,
                     RopeTable& table);

/// Rotates the first n_rope_dims of every head in place; the others stay (arXiv:2104.09864, eq. 34).
///
///   x      [n_tokens, n_heads * d_head]
///   table  [>= first_row + n_tokens, n_rope_dims / 2]; token i of x takes row first_row + i
void rope(MatrixView<float> x, std::size_t d_head, RopeOrder order, const RopeTable& table,
          std::size_t first_row = 0);

}  // namespace moe
