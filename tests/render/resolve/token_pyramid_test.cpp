#include "render/resolve/token_pyramid.h"

#include <gtest/gtest.h>

#include "engine/base/rng.h"
#include "render/scene/load_counter.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

TEST(PackedSumsTest, GiveBackWhatTheyWereMadeOf) {
    Rng rng(1);
    for (const std::uint64_t most : {1ULL, 1ULL << 16, 1ULL << 24, 1ULL << 32}) {
        std::vector<std::uint64_t> sums(100), twice(100, 7);
        for (std::uint64_t& sum : sums) sum = rng.below(most);
        sums[3] = most - 1;
        const PackedSums packed{sums};
        ASSERT_EQ(packed.size(), sums.size());
        packed.add_to(twice);
        packed.add_to(twice);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            EXPECT_EQ(packed[i], sums[i]);
            EXPECT_EQ(twice[i], 7 + 2 * sums[i]);
        }
    }
    EXPECT_TRUE(PackedSums{}.empty());
}

/// Sums of `tokens`, read one by one.
std::vector<std::uint64_t> slow_sums(const TraceSnapshot& trace, IndexRange tokens) {
    std::vector<std::uint64_t> sums(trace.shape().n_layers * trace.shape().n_experts);
    for (std::size_t token = tokens.first; token < tokens.end; ++token) {
        for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer) {
            for (const std::uint16_t expert : trace.experts(token, layer)) {
                if (expert != kNoExpert) sums[layer * trace.shape().n_experts + expert] += ColumnSums::kOne;
            }
        }
    }
    return sums;
}

TEST(TokenPyramidTest, WhatWasMadeAheadCostsNoBudgetAndIsTheSame) {
    const TraceSnapshot trace = test::random_trace(3, test::make_shape(2, 8, 2), 1500);
    TokenPyramid pyramid({.value = HeatmapValue::Selected, .is_sum = true});
    pyramid.use(trace);
    ReadBudget none{0};
    RowSums sums;
    EXPECT_FALSE(pyramid.sum_up({64, 1500}, none, sums)) << "asks for the finest sums";
    int n_steps = 1;
    for (ReadBudget step{1}; !pyramid.make_ahead(step); step = {1}) ASSERT_LE(++n_steps, 24);
    EXPECT_EQ(n_steps, 1500 / 64) << "a chunk a step";
    for (const IndexRange tokens : {IndexRange{0, 1500}, IndexRange{100, 1300}, IndexRange{1024, 1280}}) {
        ASSERT_TRUE(pyramid.sum_up(tokens, none, sums));
        const std::vector<std::uint64_t> expected = slow_sums(trace, tokens);
        for (std::size_t column = 0; column < expected.size(); ++column)
            EXPECT_EQ(sums.sum(column), expected[column]);
    }
}

TEST(TokenPyramidTest, MakesMaximaAheadBeforeAnybodyAskedAndSumsAfterwards) {
    const TraceSnapshot trace = test::random_trace(3, test::make_shape(2, 8, 2), 1500);
    const std::size_t chunk_values = kChunkTokens * 2 * 2;
    for (const bool is_sum : {false, true}) {
        TokenPyramid pyramid({.value = HeatmapValue::Selected, .is_sum = is_sum});
        pyramid.use(trace);
        ReadBudget budget{1'000'000};
        EXPECT_TRUE(pyramid.make_ahead(budget));
        EXPECT_EQ(budget.n_values_left, 1'000'000 - (is_sum ? 0 : 23 * chunk_values));
        RowSums sums;
        budget = {1'000'000};
        EXPECT_TRUE(pyramid.sum_up({256, 512}, budget, sums));
        EXPECT_EQ(budget.n_values_left, 1'000'000 - (is_sum ? 4 * chunk_values : 0));
        EXPECT_TRUE(pyramid.make_ahead(budget));
        EXPECT_TRUE(pyramid.sum_up({256, 512}, budget, sums));
        EXPECT_TRUE(pyramid.sum_up({0, 1280}, budget, sums));
        budget = {1};
        EXPECT_TRUE(pyramid.sum_up({1024, 1280}, budget, sums));
        EXPECT_EQ(pyramid.sum_up({64, 192}, budget, sums), !is_sum) << "finer sums were not kept";
    }
}

TEST(TokenPyramidTest, MakesAheadOfARunThatGrowsAndOfAnotherOne) {
    const TraceShape shape = test::make_shape(1, 4, 2);
    TraceStore store(shape, TraceGating::Softmax);
    TokenPyramid pyramid({.value = HeatmapValue::Selected, .is_sum = true});
    RowSums sums;
    const auto check = [&](const TraceSnapshot& trace) {
        pyramid.use(trace);
        ReadBudget plenty;
        EXPECT_TRUE(pyramid.make_ahead(plenty));
        ASSERT_TRUE(pyramid.sum_up({0, trace.n_routed()}, plenty, sums));
        const std::vector<std::uint64_t> expected = slow_sums(trace, {0, trace.n_routed()});
        for (std::size_t column = 0; column < expected.size(); ++column)
            EXPECT_EQ(sums.sum(column), expected[column]);
    };
    for (std::size_t n = 0; n < 900; n += 90) {
        store.append_tokens(test::random_tokens(1, n, 90, 0));
        store.append_chunk(std::make_shared<const TraceChunk>(test::random_chunk(1, shape, n, 90)));
        check(store.snapshot());
    }
    check(test::random_trace(8, shape, 600));
    check(store.snapshot());
}

TEST(TokenPyramidTest, DoesNotReadAheadWhatEveryExpertHas) {
    const TraceSnapshot trace = test::random_trace(3, test::make_shape(2, 8, 2), 300);
    TokenPyramid pyramid({.value = HeatmapValue::Score, .is_sum = false});
    pyramid.use(trace);
    ReadBudget budget{5};
    EXPECT_TRUE(pyramid.make_ahead(budget));
    EXPECT_EQ(budget.n_values_left, 5u);
}

TEST(LoadCounterTest, CountsAheadInStepsAndThenTheSame) {
    const TraceSnapshot trace = test::random_trace(4, test::make_shape(2, 8, 2), 5000);
    LoadCounter counter, slow;
    counter.count(trace, 0, 10);
    std::size_t budget = 1;
    int n_steps = 1;
    for (; !counter.count_ahead(budget); budget = 1) ASSERT_LE(++n_steps, 10);
    EXPECT_GT(n_steps, 3);
    for (const auto& [first, end] : {std::pair<std::size_t, std::size_t>{0, 5000}, {1000, 4200}, {3, 5}}) {
        const ExpertCounts counts = counter.count(trace, first, end);
        for (std::size_t layer = 0; layer < 2; ++layer) {
            const ExpertCounts expected = tokens_per_expert(trace, layer, first, end);
            for (std::size_t expert = 0; expert < 8; ++expert)
                EXPECT_EQ(counts[layer * 8 + expert], expected[expert]);
        }
    }
}

}  // namespace
}  // namespace moe::render
