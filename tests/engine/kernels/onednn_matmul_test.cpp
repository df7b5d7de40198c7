#include "engine/kernels/onednn_matmul.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

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
