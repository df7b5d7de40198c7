#include "engine/nn/few_rows.h"

#include <algorithm>
#include <cstddef>

#include "engine/kernels/target_clones.h"
#include "engine/kernels/vector8.h"

namespace moe {
namespace {

constexpr std::size_t kPrefetchBytes = 4096;  // how far ahead

/// Brings in what lies kPrefetchBytes ahead where rows of n follow each other at `stride`.
[[gnu::always_inline]] inline void prefetch_row(const float* row, std::size_t n, std::size_t stride) {
    constexpr std::size_t kLine = 64 / sizeof(float);
    const float* const ahead = row + std::max<std::size_t>(1, kPrefetchBytes / sizeof(float) / n) * stride;
    for (std::size_t i = 0; i < n; i += kLine) __builtin_prefetch(ahead + i);
}

/// kRows rows of a with kCols rows of b.
template <std::size_t kRows, std::size_t kCols>
[[gnu::always_inline]] inline void multiply_block(const float* a, std::size_t a_stride, const float* b,
                                                  std::size_t b_stride, std::size_t k, float* y,
                                                  std::size_t y_stride) {
    constexpr std::size_t kSums = kRows * kCols;
    Vector8 products[kSums];  // row by row
    for (std::size_t i = 0; i < kSums; ++i) products[i] = Vector8{};
    std::size_t i = 0;
    for (; i + kVectorWidth <= k; i += kVectorWidth) {
        for (std::size_t col = 0; col < kCols; ++col) {
            const Vector8 right = vector_at(b + col * b_stride + i);
            for (std::size_t row = 0; row < kRows; ++row)
                products[row * kCols + col] += vector_at(a + row * a_stride + i) * right;
        }
    }
    for (std::size_t first = 0; first < kSums; first += 4) {
        float sums[4];
        sum_four(products + first, sums);
        for (std::size_t j = 0; j < 4; ++j) {
            const std::size_t row = (first + j) / kCols, col = (first + j) % kCols;
            for (std::size_t rest = i; rest < k; ++rest)
                sums[j] += a[row * a_stride + rest] * b[col * b_stride + rest];
            y[row * y_stride + col] = sums[j];
        }
    }
}

/// All rows of b for kRows rows of a, kCols at a time and one by one where fewer are left.
template <std::size_t kRows, std::size_t kCols>
[[gnu::always_inline]] inline void multiply_rows(const MatrixView<const float>& a,
                                                 const MatrixView<const float>& b, const MatrixView<float>& y,
                                                 bool is_first) {
    std::size_t col = 0;
    for (; col + kCols <= b.rows; col += kCols) {
        if (is_first) {
            for (std::size_t i = 0; i < kCols; ++i)
                prefetch_row(b.data + (col + i) * b.stride, b.cols, b.stride);
        }
        multiply_block<kRows, kCols>(a.data, a.stride, b.data + col * b.stride, b.stride, b.cols,
                                     y.data + col, y.stride);
    }
    for (; col < b.rows; ++col) {
        for (std::size_t row = 0; row < kRows; ++row) {
            float sum = 0.0f;
            for (std::size_t i = 0; i < b.cols; ++i)
                sum += a.data[row * a.stride + i] * b.data[col * b.stride + i];
            y.data[row * y.stride + col] = sum;
        }
    }
}

MOE_TARGET_CLONES void multiply_all(const MatrixView<const float>& a, const MatrixView<const float>& b,
                                    const MatrixView<float>& y) {
    std::size_t row = 0;
    const auto from = [&](const auto& view) {
        auto rest = view;
        rest.data += row * view.stride;
        return rest;
    };
    for (; row + 4 <= a.rows; row += 4) multiply_rows<4, 2>(from(a), b, from(y), row == 0);
    if (row + 2 <= a.rows) {
        multiply_rows<2, 4>(from(a), b, from(y), row == 0);
        row += 2;
    }
    if (row < a.rows) multiply_rows<1, 4>(from(a), b, from(y), row == 0);
}

/// y += a b for kRows rows of a and four of b.
template <std::size_t kRows>
[[gnu::always_inline]] inline void add_block(const float* a, std::size_t a_stride, const float* b,
                                             std::size_t b_stride, std::size_t n, float* y,
                                             std::size_t y_stride) {
    float factors[kRows][4];
    for (std::size_t row = 0; row < kRows; ++row) {
        for (std::size_t i = 0; i < 4; ++i) factors[row][i] = a[row * a_stride + i];
    }
    const float* const b1 = b + b_stride;
    const float* const b2 = b1 + b_stride;
    const float* const b3 = b2 + b_stride;
    std::size_t i = 0;
    for (; i + kVectorWidth <= n; i += kVectorWidth) {
        const Vector8 v0 = vector_at(b + i), v1 = vector_at(b1 + i);
        const Vector8 v2 = vector_at(b2 + i), v3 = vector_at(b3 + i);
        for (std::size_t row = 0; row < kRows; ++row) {
            const float* const f = factors[row];
            vector_at(y + row * y_stride + i) += (f[0] * v0 + f[1] * v1) + (f[2] * v2 + f[3] * v3);
        }
    }
    for (; i < n; ++i) {
        for (std::size_t row = 0; row < kRows; ++row) {
            const float* const f = factors[row];
            y[row * y_stride + i] += (f[0] * b[i] + f[1] * b1[i]) + (f[2] * b2[i] + f[3] * b3[i]);
        }
    }
}

MOE_TARGET_CLONES void add_all(const MatrixView<const float>& a, const MatrixView<const float>& b,
                               const MatrixView<float>& y) {
    std::size_t k = 0;
    for (; k + 4 <= b.rows; k += 4) {
        const float* const rows = b.data + k * b.stride;
        for (std::size_t i = 0; i < 4; ++i) prefetch_row(rows + i * b.stride, b.cols, b.stride);
        const float* const factors = a.data + k;
        std::size_t row = 0;
        for (; row + 2 <= a.rows; row += 2)
            add_block<2>(factors + row * a.stride, a.stride, rows, b.stride, b.cols, y.data + row * y.stride,
                         y.stride);
        if (row < a.rows)
            add_block<1>(factors + row * a.stride, a.stride, rows, b.stride, b.cols, y.data + row * y.stride,
                         y.stride);
    }
    for (; k < b.rows; ++k) {
        for (std::size_t row = 0; row < a.rows; ++row) {
            const float factor = a.data[row * a.stride + k];
            float* const out = y.data + row * y.stride;
            for (std::size_t i = 0; i < b.cols; ++i) out[i] += factor * b.data[k * b.stride + i];
        }
    }
}

}  // namespace

void multiply_few_rows(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> y) {
    MOE_CHECK(a.cols == b.cols && y.rows == a.rows && y.cols == b.rows && b.cols > 0);
    multiply_all(a, b, y);
}

void add_product_of_few_rows(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> y) {
    MOE_CHECK(a.cols == b.rows && y.rows == a.rows && y.cols == b.cols && b.cols > 0);
    add_all(a, b, y);
}

}  // namespace moe
