#include "engine/trace/trace_chunk.h"

#include <gtest/gtest.h>

#include "tests/support/trace_text.h"

namespace moe {
namespace {

const test::RandomColumns kEveryColumn = {
    .weights = true, .router_logits = true, .scores = true, .selection = true, .branch_norm = true};

void expect_equal(const TraceChunk& a, const TraceChunk& b) {
    EXPECT_EQ(a.first_token, b.first_token);
    EXPECT_EQ(a.n_tokens, b.n_tokens);
    EXPECT_EQ(a.experts, b.experts);
    EXPECT_EQ(a.weights, b.weights);
    EXPECT_EQ(a.router_logits, b.router_logits);
    EXPECT_EQ(a.scores, b.scores);
    EXPECT_EQ(a.selection, b.selection);
    EXPECT_EQ(a.branch_norm, b.branch_norm);
}

TEST(TraceChunkTest, FitsItsOwnShapeOnly) {
    const TraceShape shape = test::make_shape(3, 8, 2);
    const TraceChunk chunk = test::random_chunk(1, shape, 0, 5, kEveryColumn);
    EXPECT_TRUE(fits(chunk, shape));
    EXPECT_FALSE(fits(chunk, test::make_shape(2, 8, 2)));
    EXPECT_FALSE(fits(chunk, test::make_shape(3, 8, 1)));
    EXPECT_FALSE(fits(chunk, test::make_shape(3, 9, 2)));
}

TEST(TraceChunkTest, FitsWithAbsentColumnsButNotWithShortOnes) {
    const TraceShape shape = test::make_shape(3, 8, 2);
    TraceChunk chunk = test::random_chunk(1, shape, 0, 5, kEveryColumn);
    chunk.scores.clear();
    EXPECT_TRUE(fits(chunk, shape));
    chunk.weights.values().pop_back();
    EXPECT_FALSE(fits(chunk, shape));
    chunk.weights.clear();
    chunk.experts.clear();
    EXPECT_FALSE(fits(chunk, shape));
}

TEST(TraceChunkTest, FitsOnlyWithExpertsThatExist) {
    const TraceShape shape = test::make_shape(1, 4, 2);
    TraceChunk chunk = test::random_chunk(1, shape, 0, 1, {});
    chunk.experts = {3, kNoExpert};
    EXPECT_TRUE(fits(chunk, shape));
    chunk.experts = {4, 0};
    EXPECT_FALSE(fits(chunk, shape));
}

TEST(TraceChunkTest, CutAndJoinedGivesTheSameChunk) {
    for (const auto& [shape, chunk] : test::random_chunks(/*seed=*/2, /*count=*/100)) {
        const std::size_t cut = chunk.n_tokens / 3;
        const TraceChunk head = slice(chunk, shape, 0, cut);
        const TraceChunk tail = slice(chunk, shape, cut, chunk.n_tokens - cut);
        EXPECT_EQ(tail.first_token, cut);
        EXPECT_TRUE(fits(head, shape) && fits(tail, shape));
        if (cut != 0) expect_equal(joined(head, tail), chunk);
    }
}

// The oracle: random chunks depend on the position, not on how they are cut.
TEST(TraceChunkTest, SliceEqualsAChunkMadeForThePositions) {
    const TraceShape shape = test::make_shape(2, 16, 4);
    const TraceChunk chunk = test::random_chunk(7, shape, 128, 64, kEveryColumn);
    expect_equal(slice(chunk, shape, 10, 20), test::random_chunk(7, shape, 138, 20, kEveryColumn));
}

}  // namespace
}  // namespace moe
