#include "engine/nn/embedding.h"

#include "engine/quant/decode.h"

namespace moe {

void embed(const WeightMatrix& table, std::span<const TokenId> tokens, MatrixView<float> hidden) {
    MOE_CHECK(hidden.rows == tokens.size() && hidden.cols == table.n_in);
    const std::size_t row_bytes = table.row_bytes();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto row = static_cast<std::size_t>(tokens[i]);
        MOE_CHECK(tokens[i] >= 0 && row < table.n_out);
        decode_row(table.type, table.data + row * row_bytes, hidden.row(i));
    }
}

}  // namespace moe
