#include "engine/nn/few_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

constexpr double kFloatError = 1e-12;

/// A copy of `rows` at a wider stride, with something else between.
Matrix<float> spread_out(const Matrix<float>& rows) {
    Matrix<float> wide = test::random_matrix(rows.rows(), rows.cols() + 5, /*seed=*/9);
    for (std::size_t row = 0; row < rows.rows(); ++row)
        std::ranges::copy(rows.row(row), wide.row(row).begin());
    return wide;
}

Matrix<float> transposed(const Matrix<float>& x) {
    Matrix<float> y(x.cols(), x.rows());
    for (std::size_t row = 0; row < x.rows(); ++row) {
        for (std::size_t col = 0; col < x.cols(); ++col) y.row(col)[row] = x.row(row)[col];
    }
    return y;
}

TEST(FewRowsTest, MultipliesAsADoubleLoopDoes) {
    for (const std::size_t m : {1, 2, 3, 4, 7, 16}) {
        for (const std::size_t n : {1, 3, 4, 9, 128}) {
            for (const std::size_t k : {1, 15, 16, 24, 128, 576}) {
                const Matrix<float> a = test::random_matrix(m, k, /*seed=*/m);
                const Matrix<float> b = test::random_matrix(n, k, /*seed=*/n);
                const Matrix<float> wide = spread_out(b);
                Matrix<float> y(m, n);
                multiply_few_rows(a.view(), {wide.view().data, n, k, wide.cols()}, y.view());
                EXPECT_LE(test::normalized_squared_error(y.values(), test::naive_linear(b.view(), a.view())),
                          kFloatError)
                    << m << " x " << n << " x " << k;
            }
        }
    }
}

TEST(FewRowsTest, AddsWhatADoubleLoopDoes) {
    for (const std::size_t m : {1, 2, 7}) {
        for (const std::size_t k : {1, 3, 4, 9, 128}) {
            for (const std::size_t n : {1, 15, 16, 24, 128}) {
                const Matrix<float> a = test::random_matrix(m, k, /*seed=*/m);
                const Matrix<float> b = test::random_matrix(k, n, /*seed=*/n);
                const Matrix<float> wide = spread_out(b);
                Matrix<float> y = test::random_matrix(m, n, /*seed=*/7);
                std::vector<double> expected = test::naive_linear(transposed(b).view(), a.view());
                for (std::size_t i = 0; i < expected.size(); ++i)
                    expected[i] += static_cast<double>(y.values()[i]);
                add_product_of_few_rows(a.view(), {wide.view().data, k, n, wide.cols()}, y.view());
                EXPECT_LE(test::normalized_squared_error(y.values(), expected), kFloatError)
                    << m << " x " << k << " x " << n;
            }
        }
    }
}

}  // namespace
}  // namespace moe
