#include "engine/blocks/dense_ffn.h"

#include <gtest/gtest.h>

#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

using test::random_matrix;
using test::random_weight;
using test::RandomWeight;

constexpr double kFloatError = 1e-11;
constexpr std::size_t kModel = 96, kFf = 160;

/// The rows with one more input, whose weight is the row's bias, or 0 where there is none.
Matrix<float> with_bias_column(MatrixView<const float> rows, std::span<const float> bias) {
    Matrix<float> wider(rows.rows, rows.cols + 1);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        std::ranges::copy(rows.row(row), wider.row(row).begin());
        wider.row(row)[rows.cols] = bias.empty() ? 0.0f : bias[row];
    }
    return wider;
}

TEST(DenseFfnTest, AddsTheBiasesThatItHas) {
    ThreadPool pool(2);
    const RandomWeight gate = random_weight(BlockType::F16, kFf, kModel, 1);
    const RandomWeight up = random_weight(BlockType::BF16, kFf, kModel, 2);
    const RandomWeight down = random_weight(BlockType::F32, kModel, kFf, 3);
    const Matrix<float> biases = random_matrix(3, kFf, 4);
    DenseFfnScratch scratch;
    for (int which = 0; which < 8; ++which) {
        const auto bias = [&](std::size_t index, std::size_t n) {
            return (which >> index & 1) != 0 ? biases.row(index).first(n) : std::span<const float>();
        };
        const DenseFfnWeights weights{.gate = gate.matrix(),
                                      .up = up.matrix(),
                                      .down = down.matrix(),
                                      .gate_bias = bias(0, kFf),
                                      .up_bias = bias(1, kFf),
                                      .down_bias = bias(2, kModel)};
        const Matrix<float> gate_rows = with_bias_column(gate.values.view(), weights.gate_bias);
        const Matrix<float> up_rows = with_bias_column(up.values.view(), weights.up_bias);
        for (const std::size_t n_tokens : {1, 20}) {
            const Matrix<float> x = random_matrix(n_tokens, kModel, n_tokens);
            const std::vector<float> ones(n_tokens, 1.0f);
            const Matrix<float> inputs = with_bias_column(x.view(), ones);
            std::vector<double> expected;
            for (std::size_t token = 0; token < n_tokens; ++token) {
                const auto y = test::naive_swiglu_ffn(gate_rows.view(), up_rows.view(), down.values.view(),
                                                      inputs.row(token));
                for (std::size_t i = 0; i < kModel; ++i)
                    expected.push_back(y[i] + (weights.down_bias.empty() ? 0.0 : weights.down_bias[i]));
            }
            Matrix<float> out(n_tokens, kModel);
            dense_ffn(weights, Activation::Silu, x.view(), scratch, pool, out.view());
            EXPECT_LE(test::normalized_squared_error(out.values(), expected), kFloatError)
                << "biases " << which << ", " << n_tokens << " tokens";
        }
    }
}

}  // namespace
}  // namespace moe
