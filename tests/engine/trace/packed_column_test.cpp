#include "engine/trace/packed_column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/base/rng.h"
#include "engine/trace/trace_chunk.h"

namespace moe {
namespace {

TEST(ExactHalfTest, GivesBackEveryFiniteHalf) {
    for (std::uint32_t half = 0; half <= 0xFFFF; ++half) {
        if ((half & 0x7C00u) == 0x7C00u) continue;
        ASSERT_EQ(exact_half(float_from_half(static_cast<std::uint16_t>(half))), half);
    }
}

TEST(ExactHalfTest, GivesNoneForWhatLiesBetweenHalvesOrBeyond) {
    EXPECT_FALSE(exact_half(0.1f).has_value());
    EXPECT_FALSE(exact_half(65536.0f).has_value());
    EXPECT_FALSE(exact_half(0x1.8p-24f).has_value());
    EXPECT_FALSE(exact_half(1e-30f).has_value());
    EXPECT_FALSE(exact_half(INFINITY).has_value());
    EXPECT_FALSE(exact_half(NAN).has_value());
    EXPECT_EQ(exact_half(65504.0f), 0x7BFF);
    EXPECT_EQ(exact_half(-0.0f), 0x8000);
    Rng rng(1);
    for (int i = 0; i < 100'000; ++i) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(rng.next()));
        const std::optional<std::uint16_t> half = exact_half(value);
        if (!half.has_value()) continue;
        ASSERT_EQ(float_from_half(*half), value);
    }
}

TEST(PackedColumnTest, ReadsTheSameBeforeAndAfterPacking) {
    Rng rng(2);
    for (int round = 0; round < 50; ++round) {
        std::vector<std::uint16_t> experts;
        for (std::uint64_t n = 1 + rng.below(200); n > 0; --n)
            experts.push_back(rng.below(8) == 0 ? kNoExpert : static_cast<std::uint16_t>(rng.below(255)));
        ExpertColumn column(experts);
        column.pack();
        EXPECT_TRUE(column.is_packed());
        EXPECT_EQ(column.size(), experts.size());
        EXPECT_TRUE(std::ranges::equal(column, experts));
        EXPECT_TRUE(column == ExpertColumn(experts));
        const std::size_t first = rng.below(experts.size());
        EXPECT_TRUE(std::ranges::equal(column.view().subview(first, experts.size() - first),
                                       std::span(experts).subspan(first)));
        EXPECT_EQ(column.values(), experts) << "unpacked to be changed";
        EXPECT_FALSE(column.is_packed());
    }
}

TEST(PackedColumnTest, StaysPlainWhereAValueWouldChange) {
    ExpertColumn experts{1, 255, 3};  // 255 is another expert than "none"
    experts.pack();
    EXPECT_FALSE(experts.is_packed());
    EXPECT_TRUE(std::ranges::equal(experts, std::vector<std::uint16_t>{1, 255, 3}));
    WeightColumn weights{0.5f, 0.1f};
    weights.pack();
    EXPECT_FALSE(weights.is_packed());
    EXPECT_EQ(weights[1], 0.1f);
    WeightColumn halves{0.5f, 0.0f, float_from_half(0x2E66)};
    halves.pack();
    EXPECT_TRUE(halves.is_packed());
    EXPECT_EQ(halves[2], float_from_half(0x2E66));
}

TEST(PackedColumnTest, AnEmptyOneIsAbsent) {
    WeightColumn weights;
    weights.pack();
    EXPECT_TRUE(weights.empty());
    EXPECT_FALSE(weights.is_packed());
    EXPECT_TRUE(weights.view().empty());
}

TEST(PackedColumnTest, ChunksAreCutAndJoinedPacked) {
    const TraceShape shape{.n_layers = 1, .n_experts = 4, .top_k = 2, .layer_ids = {0}};
    TraceChunk chunk{.n_tokens = 3,
                     .experts = {0, 1, 2, kNoExpert, 3, 0},
                     .weights = {0.5f, 0.25f, 1.0f, 0.0f, 0.75f, 0.125f},
                     .router_logits = {},
                     .scores = {},
                     .selection = {},
                     .branch_norm = {}};
    const TraceChunk plain = chunk;
    pack(chunk);
    ASSERT_TRUE(chunk.experts.is_packed());
    ASSERT_TRUE(chunk.weights.is_packed());
    EXPECT_TRUE(fits(chunk, shape));
    const TraceChunk again = joined(slice(chunk, shape, 0, 2), slice(chunk, shape, 2, 1));
    EXPECT_EQ(again.experts, plain.experts);
    EXPECT_EQ(again.weights, plain.weights);
}

}  // namespace
}  // namespace moe
