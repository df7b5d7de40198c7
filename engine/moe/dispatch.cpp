#include "engine/moe/dispatch.h"

namespace moe {

void dispatch(MatrixView<const std::uint16_t> experts, std::size_t n_experts, Dispatch& out) {
    std::vector<std::size_t> next_row(n_experts + 1, 0);
    for (std::size_t token = 0; token < experts.rows; ++token) {
        for (const std::uint16_t expert : experts.row(token)) {
            MOE_CHECK(expert < n_experts);
            ++next_row[expert + 1u];
        }
    }
    out.groups.clear();
    for (std::size_t expert = 0; expert < n_experts; ++expert) {
        const std::size_t n_rows = next_row[expert + 1];
        next_row[expert + 1] += next_row[expert];
        if (n_rows > 0)
            out.groups.push_back({.expert = expert, .first_row = next_row[expert], .n_rows = n_rows});
    }
    out.token_of_row.resize(experts.rows * experts.cols);
    out.row_of_slot.resize(experts.rows * experts.cols);
    for (std::size_t token = 0; token < experts.rows; ++token) {
        for (std::size_t slot = 0; slot < experts.cols; ++slot) {
            const std::size_t row = next_row[experts.row(token)[slot]]++;
            out.token_of_row[row] = token;
            out.row_of_slot[token * experts.cols + slot] = row;
        }
    }
}

}  // namespace moe
