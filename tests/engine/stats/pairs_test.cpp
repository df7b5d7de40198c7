// Statistics of pairs: neighbouring tokens, experts of a token, neighbouring layers.

#include <gtest/gtest.h>

#include "engine/stats/coactivation.h"
#include "engine/stats/expert_load.h"
#include "engine/stats/layer_flow.h"
#include "engine/stats/repetition.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr double kTolerance = 1e-12;
/// The worked values have six digits.
constexpr double kSixDigits = 5e-7;

// Worked example F of the notes on the science: sets {0,1} {0,2} {1,2} {0,3} {2,0} {0,1}; see WE30.
constexpr std::string_view kSixTokens = R"(
    0.1
    2.0
    1.2
    0.3
    2.0
    0.1
)";

TEST(RepetitionTest, CountsNeighbouringPairs) {
    const TraceSnapshot trace =
        test::trace_from_text("0.1\n 0.2\n 1.2\n 3.-\n -.-\n 3.0\n", {.n_experts = 4});
    const auto all = repetition(trace, 0, 0, 4);
    ASSERT_TRUE(all.has_value());
    EXPECT_NEAR(all->first, 1.0 / 3.0, kTolerance);
    EXPECT_NEAR(all->any, 2.0 / 3.0, kTolerance);
    EXPECT_NEAR(all->overlap, (0.5 + 0.5 + 0.0) / 3.0, kTolerance);
    EXPECT_FALSE(repetition(trace, 0, 0, 1).has_value());
    EXPECT_FALSE(repetition(trace, 0, 3, 6).has_value());
}

// {0,1} and {0,2} of WE31: Jaccard 1/3, overlap 1/2.
TEST(RepetitionTest, OverlapIsASharedPartOfTheLargerSet) {
    using Slots = std::vector<std::uint16_t>;
    const Slots zero_one{0, 1}, two_zero{2, 0}, three{3, kNoExpert}, none{kNoExpert, kNoExpert};
    EXPECT_EQ(expert_overlap(zero_one, two_zero), 0.5);
    EXPECT_EQ(expert_overlap(zero_one, zero_one), 1.0);
    EXPECT_EQ(expert_overlap(zero_one, three), 0.0);
    EXPECT_EQ(expert_overlap(three, three), 1.0) << "slots that are not used do not count";
    EXPECT_FALSE(expert_overlap(zero_one, none).has_value());
    EXPECT_FALSE(expert_overlap({}, zero_one).has_value());
}

// Worked example WE32.
TEST(RepetitionTest, NullAgreesWithTheTableOfChanceBaselines) {
    struct Row {
        std::size_t n_experts, top_k;
        double first, any, overlap;
    };
    for (const Row& row :
         {Row{4, 2, .25, .833333, .5}, Row{8, 1, .125, .125, .125}, Row{8, 2, .125, .464286, .25},
          Row{32, 4, .031250, .430617, .125}, Row{64, 8, .015625, .679069, .125},
          Row{128, 8, .0078125, .412282, .0625}, Row{256, 8, .00390625, .227087, .03125},
          Row{512, 10, .001953125, .180465, .01953125}, Row{4, 3, .25, 1.0, .75}}) {
        const Repetition null = repetition_null(row.n_experts, row.top_k);
        EXPECT_NEAR(null.first, row.first, kSixDigits);
        EXPECT_NEAR(null.any, row.any, kSixDigits);
        EXPECT_NEAR(null.overlap, row.overlap, kSixDigits);
    }
}

// WE30 divides by the row's load: (0,1) .4, (1,2) .3333, (2,0) .6667, (3,0) 1.
TEST(CoactivationTest, AgreesWithTheWorkedExample) {
    const TraceSnapshot trace = test::trace_from_text(kSixTokens, {.n_experts = 4});
    const PairCounts counts = coactivation(trace, 0, 0, 6);
    EXPECT_EQ(tokens_per_expert(trace, 0, 0, 6), (ExpertCounts{5, 3, 3, 1}));
    EXPECT_EQ(counts.row(0)[0], 5u);
    EXPECT_EQ(counts.row(0)[1], 2u);
    EXPECT_EQ(counts.row(0)[2], 2u);
    EXPECT_EQ(counts.row(0)[3], 1u);
    EXPECT_EQ(counts.row(1)[2], 1u);
    EXPECT_EQ(counts.row(2)[0], 2u);
    EXPECT_EQ(counts.row(3)[0], 1u);
    EXPECT_EQ(counts.row(3)[1], 0u);
}

TEST(CoactivationTest, IsSymmetricAndHasTheLoadOnItsDiagonal) {
    for (const test::ShapedChunk& shaped : test::random_chunks(/*seed=*/3, /*count=*/50)) {
        const TraceSnapshot trace = test::trace_of(shaped);
        const PairCounts counts = coactivation(trace, 0, 0, trace.n_routed());
        const ExpertCounts load = tokens_per_expert(trace, 0, 0, trace.n_routed());
        for (std::size_t one = 0; one < load.size(); ++one) {
            ASSERT_EQ(counts.row(one)[one], load[one]);
            for (std::size_t other = 0; other < one; ++other) {
                ASSERT_EQ(counts.row(one)[other], counts.row(other)[one]);
            }
        }
    }
}

TEST(LayerFlowTest, CountsAllSlotPairsOfATokenBetweenNeighbours) {
    const TraceSnapshot trace = test::trace_from_text("0.1 2.3\n 1.- 2.0\n", {.n_experts = 4});
    const PairCounts counts = layer_flow(trace, 0, 0, 2);
    EXPECT_EQ(counts.row(0)[2], 1u);
    EXPECT_EQ(counts.row(0)[3], 1u);
    EXPECT_EQ(counts.row(1)[2], 2u);
    EXPECT_EQ(counts.row(1)[3], 1u);
    EXPECT_EQ(counts.row(1)[0], 1u);
    EXPECT_EQ(counts.row(2)[0], 0u);
}

}  // namespace
}  // namespace moe
