#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/base/matrix_view.h"
#include "engine/base/thread_pool.h"
#include "engine/kernels/quantized_rows.h"
#include "engine/quant/block_types.h"

namespace moe {

/// A weight matrix as it lies in the file: `n_out` rows of `n_in` values, one row after the other.
/// Borrows the mapped file.
struct WeightMatrix {
    const std::byte* data = nullptr;
    BlockType type = BlockType::F32;
    std::size_t n_out = 0;
    std::size_t n_in = 0;

    bool is_empty() const { return data == nullptr; }
    std::size_t row_bytes() const {
        const BlockLayout layout = block_layout(type);
        return n_in / layout.values * layout.size_bytes;
    }
    /// Matrix `index` of a stack of equal matrices (the experts of a layer).
    WeightMatrix slice(std::size_t index) const {
        return {data + index * n_out * row_bytes(), type, n_out, n_in};
    }
    /// Rows [first, first + count): a matrix with fewer outputs.
    WeightMatrix rows_from(std::size_t first, std::size_t count) const {
        MOE_CHECK(first + count <= n_out);
        return {data + first * row_bytes(), type, count, n_in};
    }
};

/// Columns [first, first + count) of a view: where rows [first, first + count) of a weight write their
/// outputs.
template <class T>
MatrixView<T> columns_from(MatrixView<T> view, std::size_t first, std::size_t count) {
    MOE_CHECK(first + count <= view.cols);
    return {view.data + first, view.rows, count, view.stride};
}

/// Weight rows that one task takes where many tokens meet them: small enough that a decoded tile stays in the
/// second-level cache.
inline constexpr std::size_t kTileRows = 64;
/// Rows that one task takes where there are enough tasks, so that it asks for few rows that another will read.
inline constexpr std::size_t kTaskRows = 128;
/// And where few tokens meet them, so that the weights come as a long stream.
inline constexpr std::size_t kStreamRows = 256;
inline constexpr std::size_t kMostStreamTokens = 4;

/// How the rows of a weight are shared out to the tasks of a pool.
struct RowTasks {
    std::size_t n_rows = 0;
    std::size_t task_rows = kTileRows;

    std::size_t count() const { return (n_rows + task_rows - 1) / task_rows; }
    std::size_t first(std::size_t task) const { return task * task_rows; }
    std::size_t size(std::size_t task) const { return std::min(task_rows, n_rows - first(task)); }
};

/// Of `n_weights` weights of n_rows rows that n_tokens tokens meet each: every thread gets some tasks.
inline RowTasks row_tasks(std::size_t n_rows, std::size_t n_tokens, const ThreadPool& pool,
                          std::size_t n_weights = 1) {
    const std::size_t task_rows = n_tokens <= kMostStreamTokens ? kStreamRows : kTaskRows;
    const bool is_enough = n_rows / task_rows * n_weights >= 2 * pool.n_threads();
    return {n_rows, is_enough ? task_rows : kTileRows};
}

/// Whether the weight is of a block type: its products are taken with activations rounded to 8 bits, 32
/// at a time, as the weight itself is. The environment variable MOESCOPE_ACTIVATIONS=float keeps them float,
/// which is several times slower.
bool reads_rounded(const WeightMatrix& weight);

/// Activations for products inside the tasks of a pool, where they are shared: rounded once, before.
struct LinearInput {
    MatrixView<const float> x;   ///< [n_tokens, n_in]; only its shape where every weight reads_rounded
    QuantizedView rounded = {};  ///< the same; empty where no weight reads_rounded

    LinearInput rows_from(std::size_t first, std::size_t count) const {
        const MatrixView<const float> rows(nullptr, count, x.cols);
        return {x.data == nullptr ? rows : x.rows_from(first, count),
                rounded.is_empty() ? rounded : rounded.rows_from(first, count)};
    }
};

/// y = x W^T for a weight of any type, computed in place.
///
///   x        [n_tokens, n_in]   float
///   weight   [n_out, n_in]      any BlockType
///   y        [n_tokens, n_out]  float, overwritten
///
/// Products are accumulated in float; x is rounded to 8 bits where the weight `reads_rounded`. The result
/// of a row of x does not depend on which thread computed it. Called from the engine's thread.
void linear(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y, ThreadPool& pool);

/// As `linear` on the calling thread alone: for use inside a task of the pool.
void linear_on_this_thread(const WeightMatrix& weight, const LinearInput& x, MatrixView<float> y);
void linear_on_this_thread(const WeightMatrix& weight, MatrixView<const float> x, MatrixView<float> y);

}  // namespace moe
