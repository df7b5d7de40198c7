#include "engine/stats/runner_up.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/trace_text.h"

namespace moe {
namespace {

// All experts ranked by a plain sort: the first one that the token did not choose.
TEST(RunnerUpTest, IsTheBestRankedOfThoseThatWereNotChosen) {
    const TraceShape shape = test::make_shape(3, 7, 2);
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const TraceSnapshot trace =
            test::random_trace(seed, shape, 40, {.router_logits = true, .selection = seed % 2 == 0});
        for (std::size_t position = 0; position < 40; ++position) {
            for (std::size_t layer = 0; layer < 3; ++layer) {
                std::vector<float> ranked(7);
                ASSERT_TRUE(trace.selection(position, layer, ranked));
                std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6};
                std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t e) { return ranked[e]; });
                const auto chosen = trace.experts(position, layer);
                std::erase_if(order,
                              [&](std::size_t e) { return std::ranges::find(chosen, e) != chosen.end(); });
                const auto next = runner_up(trace, position, layer);
                if (std::ranges::all_of(chosen, [](std::uint16_t e) { return e == kNoExpert; })) continue;
                ASSERT_TRUE(next.has_value());
                EXPECT_EQ(next->expert, order.front());
                const std::size_t last = chosen[1] == kNoExpert ? chosen[0] : chosen[1];
                EXPECT_EQ(next->margin,
                          static_cast<double>(ranked[last]) - static_cast<double>(ranked[order.front()]));
            }
        }
    }
}

TEST(RunnerUpTest, IsAbsentWithoutScoresAndWhenAllWereChosen) {
    const TraceSnapshot ids = test::random_trace(1, test::make_shape(1, 4, 2), 3, {.router_logits = false});
    EXPECT_FALSE(runner_up(ids, 0, 0).has_value());
    TraceChunk chunk;
    chunk.n_tokens = 1;
    chunk.experts = {1, 0};
    chunk.router_logits = {0.5f, 1.0f};
    EXPECT_FALSE(
        runner_up(test::trace_of({.shape = test::make_shape(1, 2, 2), .chunk = chunk}), 0, 0).has_value());
}

}  // namespace
}  // namespace moe
