#include "engine/stats/phase_load.h"

#include <gtest/gtest.h>

#include "engine/base/rng.h"
#include "engine/stats/dead_null.h"
#include "engine/stats/load_balance.h"
#include "engine/stats/load_draw.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr double kRounding = 1e-12;
constexpr double kDrawnDeadTolerance = 0.05;  // of 20,000 drawn routings

TEST(RunningPhaseLoadTest, CountsWhatARecountWouldAfterAnyMoves) {
    const TraceShape shape = test::make_shape(3, 8, 2);
    const TraceSnapshot trace = test::random_trace(5, shape, 300);
    RunningPhaseLoad load;
    Rng rng(3);
    for (int move = 0; move < 50; ++move) {
        const std::size_t first = static_cast<std::size_t>(rng.uniform() * 290);
        const std::size_t end =
            first + static_cast<std::size_t>(rng.uniform() * static_cast<double>(300 - first));
        load.move_to(trace, first, end);
        std::vector<std::size_t> prefill(8), decode(8);
        std::size_t n_prefill = 0;
        for (std::size_t token = first; token < end; ++token) {
            const bool is_prefill = trace.token(token).phase == Phase::Prefill;
            n_prefill += is_prefill ? 1 : 0;
            for (const std::uint16_t expert : trace.experts(token, 1)) {
                if (expert != kNoExpert) ++(is_prefill ? prefill : decode)[expert];
            }
        }
        EXPECT_EQ(load.n_tokens(Phase::Prefill), n_prefill);
        EXPECT_EQ(load.n_tokens(Phase::Decode), end - first - n_prefill);
        EXPECT_TRUE(std::ranges::equal(load.counts(Phase::Prefill, 1), prefill));
        EXPECT_TRUE(std::ranges::equal(load.counts(Phase::Decode, 1), decode));
    }
}

// 10 tokens, one of 4 experts each: dead is a load of 0, of probability 0.75^10.
TEST(DeadNullTest, IsTheProbabilityOfNoLoadInAShortSample) {
    EXPECT_NEAR(dead_null({.n_tokens = 10, .n_experts = 4, .top_k = 1}), 4 * std::pow(0.75, 10), kRounding);
    EXPECT_EQ(dead_null({.n_tokens = 10, .n_experts = 4, .top_k = 4}), 0.0);
    EXPECT_EQ(dead_null({.n_tokens = 0, .n_experts = 4, .top_k = 1}), 0.0);
    EXPECT_NEAR(dead_null({.n_tokens = 1'000'000, .n_experts = 128, .top_k = 8}), 0.0, kRounding);
}

TEST(DeadNullTest, AgreesWithDrawnRoutings) {
    const UniformRouting routing{.n_tokens = 60, .n_experts = 32, .top_k = 2};
    LoadDraw draw(routing);
    Rng rng(9);
    double n_dead = 0;
    constexpr int kDraws = 20'000;
    for (int i = 0; i < kDraws; ++i) n_dead += static_cast<double>(load_balance(draw.by_tokens(rng))->n_dead);
    EXPECT_NEAR(n_dead / kDraws, dead_null(routing), kDrawnDeadTolerance * dead_null(routing));
}

}  // namespace
}  // namespace moe
