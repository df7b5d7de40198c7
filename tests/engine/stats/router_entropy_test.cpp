#include "engine/stats/router_entropy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/support/trace_text.h"

namespace moe {
namespace {

/// Scores are floats.
constexpr double kTolerance = 1e-6;

TraceSnapshot one_token(std::vector<float> logits, std::vector<std::uint16_t> experts,
                        TraceGating gating = TraceGating::Softmax, std::vector<float> selection = {}) {
    const TraceShape shape = test::make_shape(1, logits.size(), experts.size());
    TraceChunk chunk;
    chunk.n_tokens = 1;
    chunk.experts = std::move(experts);
    chunk.router_logits = std::move(logits);
    chunk.selection = std::move(selection);
    return test::trace_of({.shape = shape, .chunk = chunk}, gating);
}

// p = [0.7, 0.2, 0.1]: H = -(0.7 ln 0.7 + 0.2 ln 0.2 + 0.1 ln 0.1) = 0.801819 nats.
TEST(RouterEntropyTest, AgreesWithAValueDoneByHand) {
    const auto certainty =
        router_certainty(one_token({std::log(7.0f), std::log(2.0f), std::log(1.0f)}, {0, 1}), 0, 0);
    ASSERT_TRUE(certainty.has_value());
    EXPECT_NEAR(*certainty->entropy, 0.8018186, kTolerance);
    EXPECT_NEAR(certainty->chosen_mass, 0.9, kTolerance);
    EXPECT_NEAR(*certainty->margin, 0.1, kTolerance);
}

TEST(RouterEntropyTest, DividesSigmoidScoresByTheirSum) {
    // Sigmoids 1/2 and 1/4: p = 2/3 and 1/3. The margin is of the sigmoids as they were ranked.
    const auto certainty =
        router_certainty(one_token({0.0f, -std::log(3.0f)}, {0}, TraceGating::Sigmoid), 0, 0);
    ASSERT_TRUE(certainty.has_value());
    EXPECT_NEAR(*certainty->entropy, 0.6365142, kTolerance);
    EXPECT_NEAR(certainty->chosen_mass, 2.0 / 3.0, kTolerance);
    EXPECT_NEAR(*certainty->margin, 0.25, kTolerance);
}

TEST(RouterEntropyTest, TakesTheMarginFromTheSelectionWhereItDiffers) {
    const auto certainty =
        router_certainty(one_token({0.0f, 0.0f, 0.0f}, {2}, TraceGating::Softmax, {0.25f, 0.5f, 2.0f}), 0, 0);
    ASSERT_TRUE(certainty.has_value());
    EXPECT_NEAR(*certainty->margin, 1.5, kTolerance);
    EXPECT_NEAR(*certainty->entropy, std::log(3.0), kTolerance);
}

TEST(RouterEntropyTest, HasNoMarginWhenAllExpertsAreChosen) {
    const auto certainty = router_certainty(one_token({1.0f, 2.0f}, {1, 0}), 0, 0);
    ASSERT_TRUE(certainty.has_value());
    EXPECT_FALSE(certainty->margin.has_value());
    EXPECT_NEAR(certainty->chosen_mass, 1.0, kTolerance);
}

TEST(RouterEntropyTest, CountsUsedSlotsOnly) {
    const auto certainty =
        router_certainty(one_token({std::log(7.0f), std::log(2.0f), std::log(1.0f)}, {0, kNoExpert}), 0, 0);
    ASSERT_TRUE(certainty.has_value());
    EXPECT_NEAR(certainty->chosen_mass, 0.7, kTolerance);
    EXPECT_NEAR(*certainty->margin, 0.5, kTolerance);
}

TEST(RouterEntropyTest, IsAbsentWithoutLogitsOrForOneExpert) {
    const TraceSnapshot trace = test::trace_from_text("1.0\n", {.n_experts = 4});
    EXPECT_FALSE(router_certainty(trace, 0, 0).has_value());
    EXPECT_FALSE(mean_router_certainty(trace, 0, 0, 1).has_value());
    const auto alone = router_certainty(one_token({3.0f}, {0}), 0, 0);
    ASSERT_TRUE(alone.has_value());
    EXPECT_FALSE(alone->entropy.has_value());
    EXPECT_FALSE(alone->margin.has_value());
}

TEST(RouterEntropyTest, MeanIsTheMeanOfTheTokens) {
    const TraceSnapshot trace = test::random_trace(6, test::make_shape(2, 16, 4), 90);
    double entropy = 0.0, mass = 0.0, margin = 0.0;
    for (std::size_t position = 10; position < 80; ++position) {
        std::vector<float> scores(16);
        ASSERT_TRUE(trace.scores(position, 1, scores));
        for (const float p : scores)
            entropy -= static_cast<double>(p) * std::log(static_cast<double>(p)) / 70.0;
        std::size_t n_used = 0;
        for (const std::uint16_t expert : trace.experts(position, 1)) {
            if (expert != kNoExpert) mass += static_cast<double>(scores[expert]) / 70.0, ++n_used;
        }
        std::ranges::sort(scores, std::greater<>());
        margin += static_cast<double>(scores[n_used - 1] - scores[n_used]) / 70.0;
    }
    const auto mean = mean_router_certainty(trace, 1, 10, 80);
    ASSERT_TRUE(mean.has_value());
    EXPECT_NEAR(*mean->entropy, entropy, kTolerance);
    EXPECT_NEAR(mean->chosen_mass, mass, kTolerance);
    EXPECT_NEAR(*mean->margin, margin, kTolerance);
}

}  // namespace
}  // namespace moe
