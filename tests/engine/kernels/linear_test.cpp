#include "engine/kernels/linear.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>

#include "engine/quant/half.h"
#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

using test::random_matrix;
using test::random_weight;
using test::RandomWeight;

constexpr double kFloatError = 1e-12;  // normalised squared error of float sums against double
constexpr double kRoundedError = 1e-4;  // with activations of 8 bits: (1/127)^2 and a little luck
constexpr double kSumError = 1e-12;     // of the same numbers, added up in another order
constexpr float kOrderError = 1e-5f;    // the same of one sum, relative to it
constexpr std::size_t kOutputs = 150;  // two whole tiles and a part of one

double error_of(BlockType type) { return block_layout(type).values == 1 ? kFloatError : kRoundedError; }

std::vector<float> product(const RandomWeight& weight, const Matrix<float>& x, ThreadPool& pool) {
    Matrix<float> y(x.rows(), weight.values.rows());
    linear(weight.matrix(), x.view(), y.view(), pool);
    return {y.values().begin(), y.values().end()};
}

class LinearTest : public testing::TestWithParam<BlockType> {};

TEST_P(LinearTest, AgreesWithADoubleLoop) {
    ThreadPool pool(2);
    const std::size_t block = block_layout(GetParam()).values;
    for (const std::size_t n_in :
         {std::max(block, std::size_t{64}), std::size_t{512}, 1000 / block * block, std::size_t{2048}}) {
        const RandomWeight weight = random_weight(GetParam(), kOutputs, n_in, /*seed=*/n_in);
        for (const std::size_t n_tokens : {1, 2, 3, 7, 8, 13, 64, 77}) {
            const Matrix<float> x = random_matrix(n_tokens, n_in, /*seed=*/n_tokens);
            const std::vector<double> expected = test::naive_linear(weight.values.view(), x.view());
            EXPECT_LE(test::normalized_squared_error(product(weight, x, pool), expected), error_of(GetParam()))
                << n_in << " inputs, " << n_tokens << " tokens";
        }
    }
}

TEST_P(LinearTest, RoundsThePromptAsItRoundsEachTokenAlone) {
    ThreadPool pool(2);
    const RandomWeight weight = random_weight(GetParam(), kOutputs, 512, /*seed=*/7);
    const Matrix<float> x = random_matrix(/*rows=*/21, 512, /*seed=*/8);
    std::vector<double> alone;
    for (std::size_t token = 0; token < x.rows(); ++token) {
        Matrix<float> one(1, x.cols());
        std::ranges::copy(x.row(token), one.row(0).begin());
        for (const float value : product(weight, one, pool)) alone.push_back(value);
    }
    EXPECT_LE(test::normalized_squared_error(product(weight, x, pool), alone), kSumError);
}

TEST_P(LinearTest, GivesTheSameBitsOnOneThreadAndOnTwo) {
    ThreadPool one(1);
    ThreadPool two(2);
    const RandomWeight weight = random_weight(GetParam(), kOutputs, 512, /*seed=*/1);
    for (const std::size_t n_tokens : {1, 5, 32, 77}) {
        const Matrix<float> x = random_matrix(n_tokens, 512, /*seed=*/n_tokens);
        EXPECT_EQ(product(weight, x, one), product(weight, x, two)) << n_tokens << " tokens";
    }
}

TEST_P(LinearTest, GivesTheSameBitsWhenTwoThreadsCallAtOnce) {
    const RandomWeight weight = random_weight(GetParam(), kOutputs, 512, /*seed=*/1);
    const Matrix<float> x = random_matrix(/*rows=*/64, 512, /*seed=*/2);
    Matrix<float> results[2] = {{64, kOutputs}, {64, kOutputs}};
    {
        std::vector<std::jthread> threads;
        for (Matrix<float>& y : results) {
            threads.emplace_back([&weight, &x, &y] {
                for (int i = 0; i < 20; ++i) linear_on_this_thread(weight.matrix(), x.view(), y.view());
            });
        }
    }
    const std::vector<double> expected = test::naive_linear(weight.values.view(), x.view());
    EXPECT_LE(test::normalized_squared_error(results[0].values(), expected), error_of(GetParam()));
    EXPECT_TRUE(std::ranges::equal(results[0].values(), results[1].values()));
}

TEST_P(LinearTest, WritesOnlyItsColumnsOfAWiderMatrix) {
    ThreadPool pool(1);
    const RandomWeight weight = random_weight(GetParam(), 64, 256, /*seed=*/3);
    for (const std::size_t n_tokens : {2, 9}) {
        const Matrix<float> x = random_matrix(n_tokens, 256, /*seed=*/4);
        Matrix<float> wide(n_tokens, 80);
        std::ranges::fill(wide.values(), 7.0f);
        linear(weight.matrix(), x.view(), columns_from(wide.view(), 8, 64), pool);
        const std::vector<float> expected = product(weight, x, pool);
        for (std::size_t token = 0; token < n_tokens; ++token) {
            for (std::size_t i = 0; i < 80; ++i) {
                const float value = wide.row(token)[i];
                if (i < 8 || i >= 72) {
                    ASSERT_EQ(value, 7.0f);
                } else {  // oneDNN may add up in another order when rows lie farther apart
                    const float alone = expected[token * 64 + i - 8];
                    ASSERT_NEAR(value, alone, kOrderError * (1.0f + std::abs(alone)));
                }
            }
        }
    }
}

TEST_P(LinearTest, TakesExpertsOfAStackByIndex) {
    ThreadPool pool(1);
    const RandomWeight stack = random_weight(GetParam(), 3 * 40, 256, /*seed=*/5);
    const Matrix<float> x = random_matrix(/*rows=*/1, 256, /*seed=*/6);
    const std::vector<float> all = product(stack, x, pool);
    const WeightMatrix first{stack.bytes.data(), GetParam(), 40, 256};
    Matrix<float> y(1, 40);
    linear(first.slice(2), x.view(), y.view(), pool);
    EXPECT_TRUE(std::equal(y.values().begin(), y.values().end(), all.begin() + 80));
}

std::string type_name(const testing::TestParamInfo<BlockType>& type) {
    return std::string(block_type_name(type.param));
}
INSTANTIATE_TEST_SUITE_P(Types, LinearTest,
                         testing::ValuesIn(all_block_types().begin(), all_block_types().end()), type_name);

}  // namespace
}  // namespace moe
