#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/matrix_view.h"

namespace moe {

/// The tokens of one expert: rows [first_row, first_row + n_rows) of the grouped order.
struct ExpertGroup {
    std::size_t expert = 0;
    std::size_t first_row = 0;
    std::size_t n_rows = 0;
};

/// A batch's token-slots in expert order, so that an expert works on one block of rows.
struct Dispatch {
    std::vector<ExpertGroup> groups;        ///< experts that got a token, ascending
    std::vector<std::size_t> token_of_row;  ///< [n_tokens * top_k]
    std::vector<std::size_t> row_of_slot;   ///< [n_tokens * top_k], slot fastest
};

/// Groups token-slots by expert; within an expert, tokens stay in order (a counting sort).
///
///   experts  [n_tokens, top_k], each below n_experts
void dispatch(MatrixView<const std::uint16_t> experts, std::size_t n_experts, Dispatch& out);

}  // namespace moe
