// Counting window after window must give what counting at once gives.

#include "engine/stats/run_tally.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/base/rng.h"
#include "engine/stats/layer_flow.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

/// Means are sums in the same order, whatever the windows.
constexpr double kTolerance = 1e-12;
/// FORMATS section 4: within 2 % of the true expectation; here both are drawn.
constexpr double kDrawnTolerance = 0.03;

/// Positions [first, end) of a trace as a trace of their own.
TraceSnapshot window_of(const TraceSnapshot& trace, std::size_t first, std::size_t end) {
    TraceStore store(trace.shape(), trace.gating());
    for (std::size_t position = first; position < end; ++position) {
        store.append_tokens(std::vector{trace.token(position)});
        const TraceChunk& chunk = trace.chunk_of(position);
        TraceChunk one = slice(chunk, trace.shape(), position - chunk.first_token, 1);
        one.first_token = position - first;
        store.append_chunk(std::make_shared<const TraceChunk>(std::move(one)));
    }
    return store.snapshot();
}

TEST(RunTallyTest, WindowsGiveWhatTheWholeGives) {
    const TraceSnapshot trace = test::random_trace(3, test::make_shape(3, 10, 3), 150);
    RunTally tally(trace.shape(), {.coactivation = true, .flow = true});
    for (const auto& [first, end] :
         std::vector<std::pair<std::size_t, std::size_t>>{{0, 1}, {1, 64}, {64, 150}}) {
        const TraceSnapshot window = window_of(trace, first, end);
        tally.add(window, first, 0, end - first);
    }
    EXPECT_EQ(tally.n_tokens(), 150u);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const LayerStats stats = tally.layer(layer);
        EXPECT_EQ(stats.counts, tokens_per_expert(trace, layer, 0, 150));
        EXPECT_NEAR(stats.repetition->overlap, repetition(trace, layer, 0, 150)->overlap, kTolerance);
        EXPECT_NEAR(stats.repetition->first, repetition(trace, layer, 0, 150)->first, kTolerance);
        EXPECT_NEAR(*stats.certainty->entropy, *mean_router_certainty(trace, layer, 0, 150)->entropy,
                    kTolerance);
        const PairCounts together = coactivation(trace, layer, 0, 150);
        EXPECT_TRUE(std::ranges::equal(tally.coactivation(layer).values(), together.values()));
        if (layer == 2) continue;
        const PairCounts flow = layer_flow(trace, layer, 0, 150);
        EXPECT_TRUE(std::ranges::equal(tally.flow(layer).values(), flow.values()));
    }
}

TEST(RunTallyTest, TokensWithAGapBetweenThemAreNoNeighbours) {
    const TraceSnapshot trace = test::trace_from_text("0.1\n 0.1\n 0.1\n 2.3\n", {.n_experts = 4});
    RunTally tally(trace.shape(), {});
    tally.add(trace, 0, 0, 1);
    tally.add(trace, 0, 2, 4);
    const LayerStats stats = tally.layer(0);
    EXPECT_EQ(tally.n_tokens(), 3u);
    EXPECT_EQ(stats.repetition->any, 0.0) << "positions 0 and 2 are alike, but 2 and 3 are the only pair";
}

// A token with one slot and a neighbour with two: by counting all choices, 1 in 4 experts is favourite, 2 of
// 4 choices of the single one are in the other's pair, and half of that is the overlap.
TEST(RunTallyTest, TheNullOfRepetitionUsesTheSlotsThatWereUsed) {
    const TraceSnapshot trace = test::trace_from_text("0.-\n 1.2\n", {.n_experts = 4});
    RunTally tally(trace.shape(), {});
    tally.add(trace, 0, 0, 2);
    const auto null = tally.layer(0).repetition_null;
    ASSERT_TRUE(null.has_value());
    EXPECT_NEAR(null->first, 0.25, kTolerance);
    EXPECT_NEAR(null->any, 0.5, kTolerance);
    EXPECT_NEAR(null->overlap, 0.25, kTolerance);
}

// Half of the tokens use one slot, half three; another sampler draws them one by one.
TEST(RunTallyTest, TheNullOfLoadsDrawsAsManySlotsAsWereUsed) {
    constexpr std::size_t kTokens = 40, kExperts = 8, kDraws = 4000;
    const MixedRouting routing{.n_experts = kExperts, .tokens_by_slots = {0, kTokens / 2, 0, kTokens / 2}};
    const auto null = load_null(routing);
    ASSERT_TRUE(null.has_value());
    Rng rng(99);
    double max_violation = 0, cv = 0, gini = 0;
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
        std::vector<std::size_t> counts(kExperts), experts(kExperts);
        for (std::size_t expert = 0; expert < kExperts; ++expert) experts[expert] = expert;
        for (std::size_t token = 0; token < kTokens; ++token) {
            for (std::size_t slot = 0; slot < (token % 2 == 0 ? 1u : 3u); ++slot) {
                std::swap(experts[slot], experts[slot + rng.below(kExperts - slot)]);
                ++counts[experts[slot]];
            }
        }
        const auto balance = load_balance(counts);
        max_violation += balance->max_violation / kDraws;
        cv += balance->cv / kDraws;
        gini += balance->gini / kDraws;
    }
    EXPECT_LT(std::abs(null->max_violation - max_violation) / max_violation, kDrawnTolerance);
    EXPECT_LT(std::abs(null->cv - cv) / cv, kDrawnTolerance);
    EXPECT_LT(std::abs(null->gini - gini) / gini, kDrawnTolerance);
    const MixedRouting one{.n_experts = 8, .tokens_by_slots = {5, 0, 30}};
    EXPECT_EQ(load_null(one)->cv, load_null(UniformRouting{30, 8, 2})->cv) << "unused tokens draw nothing";
}

}  // namespace
}  // namespace moe
