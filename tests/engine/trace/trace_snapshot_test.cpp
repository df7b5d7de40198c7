#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "engine/trace/trace_store.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

/// Of a sum of a few dozen floats, and of exp in float against double.
constexpr float kScoreTolerance = 1e-6f;

TraceSnapshot trace_with(const std::vector<float>& logits, TraceGating gating) {
    const TraceShape shape = test::make_shape(1, logits.size(), 1);
    TraceChunk chunk = test::random_chunk(1, shape, 0, 1, {.weights = false, .router_logits = false});
    chunk.router_logits = logits;
    return test::trace_of({.shape = shape, .chunk = chunk}, gating);
}

TEST(TraceSnapshotTest, ScoresAreTheSoftmaxOfTheLogits) {
    const TraceSnapshot trace = trace_with({1.0f, 2.0f, 3.0f}, TraceGating::Softmax);
    std::vector<float> scores(3);
    ASSERT_TRUE(trace.scores(0, 0, scores));
    // exp(1), exp(2), exp(3) over their sum.
    EXPECT_NEAR(scores[0], 0.09003057f, kScoreTolerance);
    EXPECT_NEAR(scores[1], 0.24472847f, kScoreTolerance);
    EXPECT_NEAR(scores[2], 0.66524096f, kScoreTolerance);
}

TEST(TraceSnapshotTest, ScoresOfLargeLogitsStayFinite) {
    const TraceSnapshot trace = trace_with({1000.0f, 1000.0f}, TraceGating::SoftmaxTopK);
    std::vector<float> scores(2);
    ASSERT_TRUE(trace.scores(0, 0, scores));
    EXPECT_EQ(scores, (std::vector<float>{0.5f, 0.5f}));
}

TEST(TraceSnapshotTest, ScoresAreTheSigmoidOfTheLogits) {
    const TraceSnapshot trace = trace_with({0.0f, -1.0f, 100.0f}, TraceGating::Sigmoid);
    std::vector<float> scores(3);
    ASSERT_TRUE(trace.scores(0, 0, scores));
    EXPECT_NEAR(scores[0], 0.5f, kScoreTolerance);
    EXPECT_NEAR(scores[1], 0.26894142f, kScoreTolerance);
    EXPECT_NEAR(scores[2], 1.0f, kScoreTolerance);
}

TEST(TraceSnapshotTest, ScoresOfAnUnknownGatingAreAbsent) {
    const TraceSnapshot trace = trace_with({0.0f, 1.0f}, TraceGating::Other);
    std::vector<float> scores = {7.0f, 7.0f};
    EXPECT_FALSE(trace.scores(0, 0, scores));
    EXPECT_FALSE(trace.selection(0, 0, scores));
    EXPECT_EQ(scores, (std::vector<float>{7.0f, 7.0f}));
}

TEST(TraceSnapshotTest, StoredScoresAndSelectionComeBeforeComputedOnes) {
    const TraceShape shape = test::make_shape(2, 4, 2);
    const TraceChunk chunk = test::random_chunk(3, shape, 0, 2, {.scores = true, .selection = true});
    const TraceSnapshot trace = test::trace_of({.shape = shape, .chunk = chunk}, TraceGating::Other);
    std::vector<float> row(4);
    ASSERT_TRUE(trace.scores(1, 1, row));
    EXPECT_EQ(row, std::vector<float>(chunk.scores.begin() + 12, chunk.scores.end()));
    ASSERT_TRUE(trace.selection(1, 1, row));
    EXPECT_EQ(row, std::vector<float>(chunk.selection.begin() + 12, chunk.selection.end()));
}

TEST(TraceSnapshotTest, SelectionIsTheScoresWhereItIsNotStored) {
    const TraceSnapshot trace = trace_with({1.0f, 2.0f}, TraceGating::Softmax);
    std::vector<float> scores(2);
    std::vector<float> selection(2);
    ASSERT_TRUE(trace.scores(0, 0, scores));
    ASSERT_TRUE(trace.selection(0, 0, selection));
    EXPECT_EQ(scores, selection);
}

TEST(TraceSnapshotTest, AbsentColumnsAreEmpty) {
    const TraceSnapshot trace = test::trace_from_text("2.0 1.3\n 2.- 1.0\n", {.n_experts = 4});
    EXPECT_EQ(trace.n_routed(), 2u);
    EXPECT_EQ(trace.experts(1, 0)[0], 2);
    EXPECT_EQ(trace.experts(1, 0)[1], kNoExpert);
    EXPECT_EQ(trace.experts(0, 1)[1], 3);
    EXPECT_TRUE(trace.weights(0, 0).empty());
    EXPECT_TRUE(test::router_logits_of(trace, 0, 0).empty());
    std::vector<float> scores(4);
    EXPECT_FALSE(trace.scores(0, 0, scores));
}

}  // namespace
}  // namespace moe
