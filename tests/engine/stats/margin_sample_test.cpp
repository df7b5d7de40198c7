#include "engine/stats/margin_sample.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/stats/router_entropy.h"
#include "tests/support/trace_text.h"

namespace moe {
namespace {

constexpr double kRounding = 1e-12;

TraceSnapshot random_trace(std::size_t n_tokens) {
    const TraceShape shape = test::make_shape(3, 8, 2);
    TraceStore store(shape, TraceGating::Softmax);
    for (std::size_t first = 0; first < n_tokens; first += kChunkTokens) {
        const std::size_t n = std::min(kChunkTokens, n_tokens - first);
        store.append_tokens(test::random_tokens(5, first, n, 4));
        store.append_chunk(
            std::make_shared<const TraceChunk>(test::random_chunk(5, shape, first, n, {.router_logits = true})));
    }
    return store.snapshot();
}

TEST(MarginSampleTest, MeasuresAMarginByAllOfItsLayer) {
    const TraceSnapshot trace = random_trace(101);
    const MarginSample sample = MarginSample::of(trace, 1000);
    EXPECT_EQ(sample.n_tokens(), 101u);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        std::vector<double> margins;
        for (std::size_t position = 0; position < 101; ++position)
            margins.push_back(*router_certainty(trace, position, layer)->margin);
        for (const double margin : margins) {
            double n_below = 0;
            for (const double other : margins) n_below += other < margin ? 1 : other == margin ? 0.5 : 0;
            EXPECT_NEAR(*sample.share_below(layer, margin), n_below / 101, kRounding);
            const auto n_smaller = std::ranges::count_if(margins, [&](double other) { return other < margin; });
            EXPECT_EQ(sample.rank(layer, margin),
                      (MarginRank{.rank = static_cast<std::size_t>(n_smaller) + 1, .n_margins = 101}));
        }
        std::ranges::sort(margins);
        EXPECT_EQ(sample.median(layer), margins[50]);
        EXPECT_EQ(sample.share_below(layer, margins.back() + 1), 1.0);
    }
}

TEST(MarginSampleTest, LooksAtTokensSpreadOverALongRun) {
    const TraceSnapshot trace = random_trace(500);
    const MarginSample sample = MarginSample::of(trace, 50);
    EXPECT_EQ(sample.n_tokens(), 50u);
    std::vector<double> margins;
    for (std::size_t position = 0; position < 500; position += 10)
        margins.push_back(*router_certainty(trace, position, 1)->margin);
    std::ranges::sort(margins);
    EXPECT_NEAR(*sample.median(1), (margins[24] + margins[25]) / 2, kRounding);
}

TEST(MarginSampleTest, SaysNothingOfFewTokensOrWithoutScores) {
    EXPECT_FALSE(MarginSample::of(random_trace(19), 1000).median(0));
    EXPECT_FALSE(MarginSample::of(random_trace(19), 1000).share_below(0, 0.5));
    EXPECT_FALSE(MarginSample::of(random_trace(19), 1000).rank(0, 0.5));
    EXPECT_TRUE(MarginSample::of(random_trace(20), 1000).median(0));
    EXPECT_FALSE(MarginSample::of({}, 1000).median(0));
    EXPECT_FALSE(MarginSample::of(random_trace(30), 1000).median(9));
}

}  // namespace
}  // namespace moe
