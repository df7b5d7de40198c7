#include "engine/stats/run_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/stats/router_divergence.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr double kTolerance = 1e-6;  // scores are floats

// Three tokens of two layers; in B, token 1 goes another way in layer 1 and token 2 is another token.
constexpr std::string_view kRunA = R"(
    0.1  2.3
    1.0  3.2
    2.3  0.1
)";
constexpr std::string_view kRunB = R"(
    0.1  2.3
    1.0  3.1
    2.3  1.0
    0.1  0.1
)";

TEST(RunComparisonTest, FindsTheFirstDifferentRouteAndTheEndOfTheShorterRun) {
    const RunComparison result =
        compare_runs(test::trace_from_text(kRunA, {.n_experts = 4}), test::trace_from_text(kRunB, {.n_experts = 4}));
    EXPECT_TRUE(result.has_routes);
    ASSERT_TRUE(result.first_different_route.has_value());
    EXPECT_EQ(result.first_different_route->position, 1u);
    EXPECT_EQ(result.first_different_route->first_layer, 1u);
    EXPECT_FALSE(result.first_different_token.has_value()) << "an end is no difference";
    EXPECT_EQ(result.end_of_a, 3u);
    EXPECT_FALSE(result.end_of_b.has_value());
    EXPECT_EQ(result.n_same_text, 3u);
    EXPECT_EQ(result.n_slots_compared, 6u);
    EXPECT_EQ(result.n_slots_different, (std::vector<std::size_t>{0, 1})) << "the order of slots is no difference";
    EXPECT_EQ(result.n_differences, 1u);
}

TEST(RunComparisonTest, ARunThatMerelyEndedHasNoDifferences) {
    const TraceShape shape = test::make_shape(2, 4, 1);
    const TraceSnapshot a = test::trace_from_text(kRunA, {.n_experts = 4});
    const TraceSnapshot head = test::trace_from_text("0.1 2.3\n1.0 3.2\n", {.n_experts = 4});
    const RunComparison result = compare_runs(a, head);
    EXPECT_EQ(result.n_differences, 0u);
    EXPECT_EQ(result.end_of_b, 2u);
    EXPECT_FALSE(result.end_of_a.has_value());
    const RunComparison others = compare_runs(test::random_trace(1, shape, 9), test::random_trace(2, shape, 5));
    EXPECT_TRUE(others.first_different_token.has_value());
    EXPECT_FALSE(others.end_of_b.has_value()) << "the texts have parted before";
}

TEST(RunComparisonTest, CountsAsAPlainLoopDoesOnRandomRuns) {
    const TraceShape shape = test::make_shape(4, 9, 3);
    const TraceSnapshot a = test::random_trace(1, shape, 150), b = test::random_trace(2, shape, 130);
    const RunComparison result = compare_runs(a, b);
    std::size_t first_token = 130;
    for (std::size_t t = 130; t-- > 0;) {
        if (a.token(t).id != b.token(t).id) first_token = t;
    }
    EXPECT_EQ(result.first_different_token, first_token);
    std::vector<std::size_t> n_different(4, 0);
    for (std::size_t t = 0; t < first_token; ++t) {
        for (std::size_t layer = 0; layer < 4; ++layer) {
            for (const std::uint16_t expert : a.experts(t, layer))
                n_different[layer] += expert != kNoExpert && std::ranges::count(b.experts(t, layer), expert) == 0 ? 1 : 0;
        }
    }
    EXPECT_EQ(result.n_slots_different, n_different);
    EXPECT_EQ(compare_runs(a, a).n_differences, 0u);
}

TEST(RunComparisonTest, SaysWhenTheRoutingCannotBeCompared) {
    const RunComparison result = compare_runs(test::random_trace(1, test::make_shape(2, 4, 1), 5),
                                              test::random_trace(1, test::make_shape(3, 4, 1), 5));
    EXPECT_FALSE(result.has_routes);
    EXPECT_TRUE(result.n_slots_different.empty());
}

TraceSnapshot one_token(std::vector<float> logits) {
    TraceChunk chunk;
    chunk.n_tokens = 1;
    chunk.experts = {0};
    chunk.router_logits = std::move(logits);
    return test::trace_of({.shape = test::make_shape(1, chunk.router_logits.size(), 1), .chunk = chunk});
}

// p = [0.5, 0.5], q = [0.9, 0.1]: 0.5 ln(0.5/0.9) + 0.5 ln(0.5/0.1) = 0.510826 nats.
TEST(RouterDivergenceTest, AgreesWithAValueDoneByHandAndIsNotSymmetric) {
    const TraceSnapshot p = one_token({0.0f, 0.0f});
    const TraceSnapshot q = one_token({std::log(9.0f), 0.0f});
    EXPECT_NEAR(*router_divergence(p, 0, q, 0), 0.5108256, kTolerance);
    EXPECT_NEAR(*router_divergence(q, 0, p, 0), 0.9 * std::log(1.8) + 0.1 * std::log(0.2), kTolerance);
    EXPECT_EQ(*router_divergence(p, 0, p, 0), 0.0);
}

TEST(RouterDivergenceTest, IsAbsentWhereScoresOrTokensAre) {
    const TraceShape shape = test::make_shape(2, 4, 2);
    const TraceSnapshot full = test::random_trace(1, shape, 3);
    const TraceSnapshot ids = test::random_trace(1, shape, 3, {.router_logits = false});
    EXPECT_FALSE(router_divergence(full, 0, ids, 0).has_value());
    EXPECT_FALSE(router_divergence(full, 0, full, 3).has_value());
    EXPECT_TRUE(router_divergence(full, 0, full, 2).has_value());
}

}  // namespace
}  // namespace moe
