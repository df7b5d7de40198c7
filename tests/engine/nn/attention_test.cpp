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

/// Tokens [first, first + n_tokens) of a sequence.
struct Batch {
    std::size_t first = 0;
    std::size_t n_tokens = 0;
};

/// The output for random queries, keys and values, which depend on the batch and the shape alone.
struct Sample {
    Sample(const AttentionShape& shape, Batch batch)
        : queries(test::random_matrix(batch.n_tokens, shape.n_heads * shape.d_head, /*seed=*/1)),
          keys(
              test::random_matrix(batch.first + batch.n_tokens, shape.n_kv_heads * shape.d_head, /*seed=*/2)),
          values(test::random_matrix(batch.first + batch.n_tokens, shape.n_kv_heads * shape.d_value,
                                     /*seed=*/3)),
          out(batch.n_tokens, shape.n_heads * shape.d_value) {}
    Matrix<float> queries, keys, values, out;
};

/// How far `shape` is from a double loop.
double error_of(const AttentionShape& shape, Batch batch = {.first = 30, .n_tokens = 40}) {
    ThreadPool pool(2);
    Sample sample(shape, batch);
    attention(shape, batch.first, sample.queries.view(), sample.keys.view(), sample.values.view(),
              sample.out.view(), pool, {});
    const auto expected = test::naive_attention(shape, batch.first, sample.queries.view(), sample.keys.view(),
                                                sample.values.view());
    return test::normalized_squared_error(sample.out.values(), expected);
}

TEST(AttentionTest, AgreesWithADoubleLoopOnBothSidesOfEveryBlock) {
    for (const std::size_t n_tokens : {1, 3, 40, 63, 64, 65, 127, 128, 129, 300}) {
        for (const std::size_t first : {0, 5, 127, 128, 1000}) {
            EXPECT_LE(error_of(kShape, {first, n_tokens}), kFloatError)
                << n_tokens << " tokens from " << first;
        }
    }
}

TEST(AttentionTest, AgreesWithADoubleLoopForHeadsOfAllSizesAndGroups) {
    for (const std::size_t d_head : {1, 24, 64, 96, 128, 192}) {
        for (const std::size_t group : {1, 2, 5, 8, 16}) {
            AttentionShape shape = kShape;
            shape.n_kv_heads = 2;
            shape.n_heads = 2 * group;
            shape.d_head = d_head;
            shape.d_value = d_head == 192 ? 128 : d_head;
            for (const Batch batch : {Batch{130, 1}, Batch{60, 9}, Batch{0, 70}}) {
                EXPECT_LE(error_of(shape, batch), kFloatError)
                    << group << " heads of " << d_head << " share, " << batch.n_tokens << " tokens";
            }
        }
    }
}

TEST(AttentionTest, AgreesWhereMoreHeadsShareThanATileHasRows) {
    AttentionShape shape = kShape;
    shape.n_kv_heads = 1;
    shape.n_heads = 150;
    EXPECT_LE(error_of(shape, {.first = 100, .n_tokens = 3}), kFloatError);
}

TEST(AttentionTest, AgreesWhereTheKeysOfATokenAreSplitBetweenTasks) {
    for (const std::size_t first : {511, 512, 1100, 4000}) {
        for (const std::size_t n_tokens : {1, 2, 20})
            EXPECT_LE(error_of(kShape, {first, n_tokens}), kFloatError)
                << n_tokens << " tokens from " << first;
    }
    AttentionShape shape = kShape;
    const std::vector<float> sinks{-2.0f, 0.0f, 1.0f, 3.0f, 30.0f, -30.0f};
    shape.sinks = sinks;
    EXPECT_LE(error_of(shape, {.first = 2000, .n_tokens = 1}), kFloatError);
    shape.window = 700;
    EXPECT_LE(error_of(shape, {.first = 2000, .n_tokens = 3}), kFloatError);
    shape.window = 0;
    shape.chunk = 1500;
    EXPECT_LE(error_of(shape, {.first = 2990, .n_tokens = 20}), kFloatError);
}

TEST(AttentionTest, SeesNoFurtherThanItsWindow) {
    for (const std::size_t window : {1, 2, 8, 31, 69, 70, 71, 127, 128, 129, 200}) {
        AttentionShape shape = kShape;
        shape.window = window;
        EXPECT_LE(error_of(shape), kFloatError) << "a window of " << window;
        EXPECT_LE(error_of(shape, {.first = 100, .n_tokens = 200}), kFloatError) << "a window of " << window;
    }
}

TEST(AttentionTest, StaysInItsChunk) {
    for (const std::size_t chunk : {1, 7, 32, 64, 70, 100, 128, 250}) {
        AttentionShape shape = kShape;
        shape.chunk = chunk;
        EXPECT_LE(error_of(shape), kFloatError) << "a chunk of " << chunk;
        EXPECT_LE(error_of(shape, {.first = 100, .n_tokens = 200}), kFloatError) << "a chunk of " << chunk;
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

/// The output of a sample with `n_threads`.
std::vector<float> output_with(std::size_t n_threads, const AttentionShape& shape, Batch batch) {
    ThreadPool pool(n_threads);
    Sample sample(shape, batch);
    attention(shape, batch.first, sample.queries.view(), sample.keys.view(), sample.values.view(),
              sample.out.view(), pool, {});
    return {sample.out.values().begin(), sample.out.values().end()};
}

TEST(AttentionTest, GivesTheSameBitsWithAnyNumberOfThreads) {
    for (const Batch batch : {Batch{3000, 1}, Batch{1500, 7}, Batch{0, 200}}) {
        const std::vector<float> alone = output_with(1, kShape, batch);
        EXPECT_EQ(output_with(2, kShape, batch), alone);
        EXPECT_EQ(output_with(5, kShape, batch), alone);
    }
}

TEST(AttentionTest, ForgetsScoresThatALaterOneDwarfs) {
    // Scores of 0, then one of 200 in the last block: the softmax is 1 there and 0 elsewhere.
    constexpr std::size_t kKeys = 700;
    ThreadPool pool(1);
    const AttentionShape shape{.n_heads = 1, .n_kv_heads = 1, .d_head = 1, .d_value = 8, .score_scale = 1.0f};
    Matrix<float> query(1, 1), keys(kKeys, 1), out(1, 8);
    query.row(0)[0] = 200.0f;
    keys.row(kKeys - 2)[0] = 1.0f;
    const auto values = test::random_matrix(kKeys, 8, /*seed=*/3);
    attention(shape, kKeys - 1, query.view(), keys.view(), values.view(), out.view(), pool, {});
    EXPECT_TRUE(std::ranges::equal(out.row(0), values.row(kKeys - 2)));
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
    for (const std::size_t n_tokens : {1, 20}) {
        const auto queries = test::random_matrix(n_tokens, 6 * 24, /*seed=*/1);
        auto keys = test::random_matrix(200, 2 * 24, /*seed=*/2);
        auto values = test::random_matrix(200, 2 * 16, /*seed=*/3);
        for (std::size_t position = 2 + n_tokens; position < 200; ++position) {
            std::ranges::fill(keys.row(position), NAN);
            std::ranges::fill(values.row(position), NAN);
        }
        Matrix<float> out(n_tokens, 6 * 16);
        attention(kShape, 2, queries.view(), keys.view(), values.view(), out.view(), pool, {});
        for (const float value : out.values()) EXPECT_TRUE(std::isfinite(value));
    }
}

TEST(AttentionTest, PassesOnWhatIsNotANumber) {
    ThreadPool pool(1);
    for (const std::size_t n_tokens : {1, 20}) {
        Sample sample(kShape, {.first = 150, .n_tokens = n_tokens});
        std::ranges::fill(sample.keys.row(3), NAN);
        attention(kShape, 150, sample.queries.view(), sample.keys.view(), sample.values.view(),
                  sample.out.view(), pool, {});
        for (const float value : sample.out.values()) EXPECT_TRUE(std::isnan(value));
    }
}

}  // namespace
}  // namespace moe
