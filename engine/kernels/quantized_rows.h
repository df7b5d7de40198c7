#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/base/matrix_view.h"
#include "engine/base/thread_pool.h"

namespace moe {

/// Rows of activations rounded to 8 bits, 32 at a time: x = scale * q with |q| <= 127. Borrowed, as kernels
/// take them. Rows are filled up with zeros to a multiple of 256 values, groups with them.
///
/// A group that is not finite has a scale that is not, so that NaN and Inf stay visible in every product.
struct QuantizedView {
    const std::int8_t* q = nullptr;       ///< [n_rows, n_values]
    const float* scale = nullptr;         ///< [n_rows, n_values / 32]
    const std::int32_t* sum32 = nullptr;  ///< [n_rows, n_values / 32] sum of the group's q
    const std::int32_t* sum16 = nullptr;  ///< [n_rows, n_values / 16] the same of each half of a group
    std::size_t n_rows = 0;
    std::size_t n_values = 0;

    bool is_empty() const { return q == nullptr; }
    /// Rows [first, first + count).
    QuantizedView rows_from(std::size_t first, std::size_t count) const {
        MOE_CHECK(first + count <= n_rows);
        return {q + first * n_values,
                scale + first * (n_values / 32),
                sum32 + first * (n_values / 32),
                sum16 + first * (n_values / 16),
                count,
                n_values};
    }
};

/// Owns the memory of a QuantizedView; keeps it from call to call.
class QuantizedRows {
  public:
    /// Makes room for rows of n_in values each.
    void resize(std::size_t n_rows, std::size_t n_in);
    /// Rounds row `row`, which has the n_in values that there is room for.
    void set_row(std::size_t row, std::span<const float> x);
    /// Rounds all rows of `x`.
    void set(MatrixView<const float> x, ThreadPool& pool);
    void set(MatrixView<const float> x);  ///< on the calling thread
    /// Takes row rows[i] of `from` as row i.
    void gather(const QuantizedView& from, std::span<const std::size_t> rows, ThreadPool& pool);

    QuantizedView view() const;

  private:
    template <class T>
    struct Array {
        std::unique_ptr<T[]> data;
        std::size_t capacity = 0;
        void reserve(std::size_t size);
    };
    std::size_t n_rows_ = 0;
    std::size_t n_values_ = 0;  // in a row, filled up
    Array<std::int8_t> q_;
    Array<float> scale_;
    Array<std::int32_t> sum32_;
    Array<std::int32_t> sum16_;
};

}  // namespace moe
