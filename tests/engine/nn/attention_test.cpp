#include "engine/nn/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/reference/naive_nn.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

constexpr double kFloatError = 1e-12;
constexpr AttentionShape kShape{
    .n_heads = 6, .n_kv_heads = 2, .d_head = 24, .d_value = 16, .score_scale = 0.25f};

TEST(AttentionTest, AgreesWithADoubleLoop) {
    ThreadPool pool(2);
    for (const std::size_t first : {0, 5}) {
        for (const std::size_t n_tokens : {1, 3, 40}) {
            const auto queries = test::random_matrix(n_tokens, 6 * 24, /*seed=*/1);
            const auto keys = test::random_matrix(first + n_tokens + 2, 2 * 24, /*seed=*/2);
            const auto values = test::random_matrix(first + n_tokens + 2, 2 * 16, /*seed=*/3);
            Matrix<float> out(n_tokens, 6 * 16);
            attention(kShape, first, queries.view(), keys.view(), values.view(), out.view(), pool, {});
            const auto expected =
                test::naive_attention(kShape, first, queries.view(), keys.view(), values.view());
            EXPECT_LE(test::normalized_squared_error(out.values(), expected), kFloatError)
                << n_tokens << " tokens from " << first;
        }
    }
}

TEST(AttentionTest, GivesTheFirstTokenItsOwnValue) {
    ThreadPool pool(1);
    const AttentionShape shape{.n_heads = 1, .n_kv_heads = 1, .d_head = 2, .d_value = 2, .score_scale = 1.0f};
    const auto queries = test::random_matrix(2, 2, /*seed=*/4);
    const auto keys = test::random_matrix(2, 2, /*seed=*/5);
    const auto values = test::random_matrix(2, 2, /*seed=*/6);
    Matrix<float> out(2, 2);
    attention(shape, 0, queries.view(), keys.view(), values.view(), out.view(), pool, {});
    EXPECT_EQ(out.row(0)[0], values.row(0)[0]);
    EXPECT_EQ(out.row(0)[1], values.row(0)[1]);
}

TEST(AttentionTest, NeverLooksAtLaterPositions) {
    ThreadPool pool(1);
    const auto queries = test::random_matrix(1, 6 * 24, /*seed=*/1);
    auto keys = test::random_matrix(4, 2 * 24, /*seed=*/2);
    auto values = test::random_matrix(4, 2 * 16, /*seed=*/3);
    std::ranges::fill(keys.row(3), NAN);
    std::ranges::fill(values.row(3), NAN);
    Matrix<float> out(1, 6 * 16);
    attention(kShape, 2, queries.view(), keys.view(), values.view(), out.view(), pool, {});
    for (const float value : out.values()) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace moe
