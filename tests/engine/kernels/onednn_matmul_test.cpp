#include "engine/kernels/onednn_matmul.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

constexpr double kFloatError = 1e-12;

/// The worst error over the shapes in which versions of oneDNN have been wrong.
double worst_error() {
    double worst = 0.0;
    for (const std::size_t k : {64, 512, 1000, 2048}) {
        for (const std::size_t m : {1, 7, 64}) {
            const Matrix<float> x = test::random_matrix(m, k, /*seed=*/k + m);
            const Matrix<float> w = test::random_matrix(48, k, /*seed=*/k);
            Matrix<float> y(m, 48);
            if (!onednn_matmul(x.view(), w.view(), y.view())) return 1.0;
            const auto expected = test::naive_linear(w.view(), x.view());
            worst = std::max(worst, test::normalized_squared_error(y.values(), expected));
        }
    }
    return worst;
}

TEST(OnednnMatmulTest, AgreesWithADoubleLoop) { EXPECT_LE(worst_error(), kFloatError); }

TEST(OnednnMatmulTest, TakesRowsOfAWiderMatrix) {
    const Matrix<float> x = test::random_matrix(20, 64, /*seed=*/1);
    const Matrix<float> wide = test::random_matrix(32, 200, /*seed=*/2);
    Matrix<float> w(32, 64);
    for (std::size_t row = 0; row < 32; ++row)
        std::ranges::copy(wide.row(row).subspan(70, 64), w.row(row).begin());
    Matrix<float> y(20, 32);
    ASSERT_TRUE(onednn_matmul(x.view(), {wide.view().data + 70, 32, 64, 200}, y.view()));
    EXPECT_LE(test::normalized_squared_error(y.values(), test::naive_linear(w.view(), x.view())),
              kFloatError);
}

TEST(OnednnMatmulTest, AddsTheProductWithAMatrixAsItLies) {
    const Matrix<float> x = test::random_matrix(20, 32, /*seed=*/1);
    const Matrix<float> wide = test::random_matrix(32, 200, /*seed=*/2);
    Matrix<float> transposed(64, 32);
    for (std::size_t row = 0; row < 32; ++row) {
        for (std::size_t col = 0; col < 64; ++col) transposed.row(col)[row] = wide.row(row)[70 + col];
    }
    Matrix<float> y = test::random_matrix(20, 64, /*seed=*/3);
    std::vector<double> expected = test::naive_linear(transposed.view(), x.view());
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += static_cast<double>(y.values()[i]);
    ASSERT_TRUE(onednn_add_matmul(x.view(), {wide.view().data + 70, 32, 64, 200}, y.view()));
    EXPECT_LE(test::normalized_squared_error(y.values(), expected), kFloatError);
}

TEST(OnednnMatmulTest, IsRightInTwoThreadsAtOnce) {
    double errors[2] = {};
    {
        std::vector<std::jthread> threads;
        for (double& error : errors) threads.emplace_back([&error] { error = worst_error(); });
    }
    EXPECT_LE(errors[0], kFloatError);
    EXPECT_LE(errors[1], kFloatError);
}

}  // namespace
}  // namespace moe
