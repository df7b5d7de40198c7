#pragma once

#include <vector>

#include "engine/base/matrix_view.h"

namespace moe {

/// An owned, zero-initialised, row-major matrix. `resize` keeps the memory, so that a steady loop neither
/// allocates nor clears; the content after a resize is unspecified.
template <class T>
class Matrix {
  public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t cols) : values_(rows * cols), rows_(rows), cols_(cols) {}

    void resize(std::size_t rows, std::size_t cols) {
        if (rows * cols > values_.size()) values_.resize(rows * cols);
        rows_ = rows;
        cols_ = cols;
    }
    std::size_t rows() const { return rows_; }
    std::size_t cols() const { return cols_; }
    std::span<T> row(std::size_t index) { return view().row(index); }
    std::span<const T> row(std::size_t index) const { return view().row(index); }
    MatrixView<T> view() { return {values_.data(), rows_, cols_}; }
    MatrixView<const T> view() const { return {values_.data(), rows_, cols_}; }
    std::span<T> values() { return {values_.data(), rows_ * cols_}; }
    std::span<const T> values() const { return {values_.data(), rows_ * cols_}; }

  private:
    std::vector<T> values_;
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
};

}  // namespace moe
