#include "engine/stats/expert_load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/base/rng.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr double kShareTolerance = 1e-12;

// Rows are tokens, columns are MoE layers; "2.0" is the token's experts 2 and 0, best first.
constexpr std::string_view kThreeTokens = R"(
    2.0  1.3
    2.1  1.3
    0.2  3.1
)";

TEST(ExpertLoadTest, CountsEverySlotOfEveryToken) {
    const TraceSnapshot trace = test::trace_from_text(kThreeTokens, {.n_experts = 4});
    EXPECT_EQ(tokens_per_expert(trace, /*layer=*/0, 0, 3), (ExpertCounts{2, 1, 3, 0}));
    EXPECT_EQ(tokens_per_expert(trace, /*layer=*/1, 0, 3), (ExpertCounts{0, 3, 0, 3}));
}

TEST(ExpertLoadTest, CountsOnlyTheRangeThatWasAsked) {
    const TraceSnapshot trace = test::trace_from_text(kThreeTokens, {.n_experts = 4});
    EXPECT_EQ(tokens_per_expert(trace, 0, 1, 2), (ExpertCounts{0, 1, 1, 0}));
    EXPECT_EQ(tokens_per_expert(trace, 0, 2, 2), (ExpertCounts{0, 0, 0, 0}));
}

TEST(ExpertLoadTest, CountsNobodyForAnUnusedSlot) {
    const TraceSnapshot trace = test::trace_from_text("2.- \n 1.2 \n", {.n_experts = 3});
    EXPECT_EQ(tokens_per_expert(trace, 0, 0, 2), (ExpertCounts{0, 1, 2}));
}

TEST(ExpertLoadTest, SharesSumToOneForAnyTrace) {
    for (const test::ShapedChunk& shaped : test::random_chunks(/*seed=*/1, /*count=*/100)) {
        const TraceSnapshot trace = test::trace_of(shaped);
        const std::vector<double> shares = load_share(tokens_per_expert(trace, 0, 0, trace.n_routed()));
        EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1.0, kShareTolerance);
    }
}

TEST(ExpertLoadTest, SharesOfNothingAreZero) {
    EXPECT_EQ(load_share(ExpertCounts{0, 0}), (std::vector<double>{0.0, 0.0}));
}

// The oracle of the running counter is counting from scratch.
TEST(RunningLoadTest, EqualsACountFromScratchWhereverItMoves) {
    const TraceSnapshot trace = test::random_trace(4, test::make_shape(3, 16, 4), 500);
    RunningLoad running;
    Rng rng(2);
    std::size_t first = 0;
    std::size_t end = 0;
    for (std::size_t move = 0; move < 300; ++move) {
        if (move % 10 == 0) {
            first = rng.below(501);
            end = first + rng.below(501 - first);
        } else {  // a scroll by a few tokens
            first = std::min<std::size_t>(first + rng.below(9), 500);
            first -= std::min(first, static_cast<std::size_t>(rng.below(9)));
            end = std::clamp(end + rng.below(9), first, std::size_t{500});
        }
        running.move_to(trace, first, end);
        ASSERT_EQ(running.n_tokens(), end - first);
        for (std::size_t layer = 0; layer < 3; ++layer) {
            ASSERT_TRUE(
                std::ranges::equal(running.counts(layer), tokens_per_expert(trace, layer, first, end)));
        }
    }
}

}  // namespace
}  // namespace moe
