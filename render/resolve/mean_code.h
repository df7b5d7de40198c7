#pragma once

#include <cstddef>
#include <cstdint>

namespace moe::render {

/// What a mean is measured by: the load that every expert would have if all had the same.
struct UniformLoad {
    std::size_t n_experts = 1;
    std::size_t shared_out = 1;  ///< by a token among a layer's experts: 1 for weights, top_k for choices
};

/// The code of a mean over `n_cells` cells that add up to `sum` (ColumnSums::kOne is 1.0), as a multiple of
/// the uniform load, kLoadAtWhite being 1. Equals code_from_value of the exact quotient: only integers
/// decide, so that shaders/resolve.comp comes to the same code.
std::uint8_t code_of_load(std::uint64_t sum, std::uint64_t n_cells, const UniformLoad& uniform);

/// How often the cells of some columns were chosen: over a pixel's tokens, and over the whole run.
struct ChoiceCounts {
    std::uint64_t here = 0;
    std::uint64_t n_tokens = 1;
    std::uint64_t of_run = 0;
    std::uint64_t n_run_tokens = 1;
    std::uint64_t n_columns = 1;
};

/// The signed code of the mean here minus the mean of the run, in the same units; code_from_signed of the
/// exact difference.
std::uint8_t code_of_load_difference(const ChoiceCounts& counts, const UniformLoad& uniform);

}  // namespace moe::render
