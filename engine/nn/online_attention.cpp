#include "engine/nn/online_attention.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "engine/kernels/exponential.h"
#include "engine/kernels/onednn_matmul.h"
#include "engine/kernels/softmax.h"
#include "engine/kernels/vector_ops.h"
#include "engine/nn/few_rows.h"

namespace moe {
namespace {

constexpr std::size_t kFewestProductRows = 16;  // below, oneDNN takes longer to prepare than to multiply
constexpr std::size_t kSmallestBlock = 32;      // blocks of 32, 64 and 128 keys: few products to compile

/// A block of rows with zeros behind it: what its place in the cache holds there may be anything.
MatrixView<const float> padded(MatrixView<const float> rows, Matrix<float>& memory) {
    memory.resize(std::max(kSmallestBlock, std::bit_ceil(rows.rows)), rows.cols);
    std::ranges::fill(memory.values(), 0.0f);
    for (std::size_t row = 0; row < rows.rows; ++row)
        std::ranges::copy(rows.row(row), memory.row(row).begin());
    return memory.view();
}

/// What is seen of a block that begins at position `first`, in columns of the block.
KeyRange columns_of(KeyRange seen, std::size_t first, std::size_t n_keys) {
    const auto column = [&](std::size_t position) {
        return std::clamp(position, first, first + n_keys) - first;
    };
    return {column(seen.first), column(seen.end)};
}

}  // namespace

void OnlineAttention::start(std::size_t n_rows, std::size_t d_head, std::size_t d_value) {
    n_rows_ = n_rows;
    has_many_rows_ = n_rows >= kFewestProductRows;
    const std::size_t n_padded = has_many_rows_ ? std::bit_ceil(n_rows) : n_rows;
    queries_.resize(n_padded, d_head);
    scores_.resize(n_padded, kKeyBlock);
    mixed_.resize(n_padded, d_value);
    std::ranges::fill(queries_.values(), 0.0f);
    std::ranges::fill(mixed_.values(), 0.0f);
    shares_.assign(n_rows, {.largest = std::numeric_limits<float>::lowest(), .sum = 0.0});
}

void OnlineAttention::add(std::size_t first, MatrixView<const float> keys, MatrixView<const float> values,
                          std::span<const KeyRange> seen, float score_cap) {
    MOE_CHECK(keys.rows == values.rows && keys.rows <= kKeyBlock && seen.size() == n_rows_);
    if (has_many_rows_ && keys.rows < kKeyBlock) {
        keys = padded(keys, padded_keys_);
        values = padded(values, padded_values_);
    }
    const MatrixView<float> scores(scores_.view().data, scores_.rows(), keys.rows);
    if (!has_many_rows_ || !onednn_matmul(queries_.view(), keys, scores))
        multiply_few_rows(queries_.view(), keys, scores);
    for (std::size_t row = 0; row < n_rows_; ++row)
        weigh(row, scores.row(row), columns_of(seen[row], first, keys.rows), score_cap);
    if (!has_many_rows_ || !onednn_add_matmul(scores, values, mixed_.view()))
        add_product_of_few_rows(scores, values, mixed_.view());
}

/// Makes a row's scores the factors of its values: 0 for what it does not see.
void OnlineAttention::weigh(std::size_t row, std::span<float> scores, KeyRange seen, float score_cap) {
    const std::span<float> mine = scores.subspan(seen.first, seen.end - seen.first);
    if (score_cap > 0.0f) cap_softly(mine, score_cap);
    Share& share = shares_[row];
    const float largest = std::max(share.largest, largest_of(mine));
    if (largest > share.largest) {
        const float shrink = fast_exp(share.largest - largest);
        share.sum *= static_cast<double>(shrink);
        scale(mixed_.row(row), shrink);
        share.largest = largest;
    }
    share.sum += exp_below(largest, mine);
    std::ranges::fill(scores.first(seen.first), 0.0f);
    std::ranges::fill(scores.subspan(seen.end), 0.0f);
}

}  // namespace moe
