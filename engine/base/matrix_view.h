#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "engine/base/check.h"

namespace moe {

/// Borrowed rows of equal length. `stride` counts elements from one row to the next and is at least
/// `cols`; a row is contiguous.
template <class T>
struct MatrixView {
    T* data = nullptr;
    std::size_t rows = 0;
    std::size_t cols = 0;
    std::size_t stride = 0;

    MatrixView() = default;
    MatrixView(T* first, std::size_t n_rows, std::size_t n_cols)
        : data(first), rows(n_rows), cols(n_cols), stride(n_cols) {}
    MatrixView(T* first, std::size_t n_rows, std::size_t n_cols, std::size_t row_stride)
        : data(first), rows(n_rows), cols(n_cols), stride(row_stride) {
        MOE_CHECK(stride >= cols);
    }
    operator MatrixView<const T>() const requires(!std::is_const_v<T>) { return {data, rows, cols, stride}; }

    std::span<T> row(std::size_t index) const {
        MOE_CHECK(index < rows);
        return {data + index * stride, cols};
    }
    /// Rows [first, first + count).
    MatrixView rows_from(std::size_t first, std::size_t count) const {
        MOE_CHECK(first + count <= rows);
        return {data + first * stride, count, cols, stride};
    }
    bool is_contiguous() const { return stride == cols; }
};

}  // namespace moe
