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

/// How far `shape` is from a double loop, for 40 tokens behind 30 others.
double error_of(const AttentionShape& shape) {
    ThreadPool pool(2);
    constexpr std::size_t kFirst = 30, kTokens = 40;
    const auto queries = test::random_matrix(kTokens, shape.n_heads * shape.d_head, /*seed=*/1);
    const auto keys = test::random_matrix(kFirst + kTokens, shape.n_kv_heads * shape.d_head, /*seed=*/2);
    const auto values = test::random_matrix(kFirst + kTokens, shape.n_kv_heads * shape.d_value, /*seed=*/3);
    Matrix<float> out(kTokens, shape.n_heads * shape.d_value);
    attention(shape, kFirst, queries.view(), keys.view(), values.view(), out.view(), pool, {});
    const auto expected = test::naive_attention(shape, kFirst, queries.view(), keys.view(), values.view());
    return test::normalized_squared_error(out.values(), expected);
}

TEST(AttentionTest, SeesNoFurtherThanItsWindow) {
    for (const std::size_t window : {1, 2, 8, 31, 69, 70, 71}) {
        AttentionShape shape = kShape;
        shape.window = window;
        EXPECT_LE(error_of(shape), kFloatError) << "a window of " << window;
    }
}

TEST(AttentionTest, StaysInItsChunk) {
    for (const std::size_t chunk : {1, 7, 32, 64, 70, 100}) {
        AttentionShape shape = kShape;
        shape.chunk = chunk;
        EXPECT_LE(error_of(shape), kFloatError) << "a chunk of " << chunk;
    }
}

TEST(AttentionTest, SharesWithTheSink) {
    const std::vector<float> sinks{-2.0f, 0.0f, 1.0f, 3.0f, 30.0f, -30.0f};
    AttentionShape shape = kShape;
    shape.sinks = sinks;
    EXPECT_LE(error_of(shape), kFloatError);
    shape.window = 5;
    EXPECT_LE(error_of(shape), kFloatError);
}

TEST(AttentionTest, CapsItsScores) {
    AttentionShape shape = kShape;
    shape.score_scale = 4.0f;
    shape.score_cap = 3.0f;
    EXPECT_LE(error_of(shape), kFloatError);
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
