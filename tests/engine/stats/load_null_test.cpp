#include "engine/stats/load_null.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/base/rng.h"
#include "engine/stats/load_balance.h"
#include "engine/stats/load_draw.h"

namespace moe {
namespace {

/// FORMATS section 4: within 2 % of the true expectation.
constexpr double kPromised = 0.02;

double relative_error(double value, double truth) { return std::abs(value - truth) / truth; }

/// The slow way, with another sampler: shuffle all experts, take the first k.
std::vector<std::size_t> shuffled_loads(const UniformRouting& routing, Rng& rng) {
    std::vector<std::size_t> counts(routing.n_experts);
    std::vector<std::size_t> experts(routing.n_experts);
    std::iota(experts.begin(), experts.end(), std::size_t{0});
    for (std::size_t token = 0; token < routing.n_tokens; ++token) {
        for (std::size_t slot = 0; slot < routing.top_k; ++slot) {
            std::swap(experts[slot], experts[slot + rng.below(routing.n_experts - slot)]);
            ++counts[experts[slot]];
        }
    }
    return counts;
}

// One token with top-1 of E experts: everything is known exactly.
TEST(LoadNullTest, IsExactForOneToken) {
    const auto null = load_null({.n_tokens = 1, .n_experts = 4, .top_k = 1});
    ASSERT_TRUE(null.has_value());
    EXPECT_NEAR(null->max_violation, 3.0, 1e-9);
    EXPECT_NEAR(null->cv, std::sqrt(3.0), 1e-9);
    EXPECT_NEAR(null->gini, 0.75, 1e-9);
    EXPECT_NEAR(*null->normalized_entropy, 0.0, 1e-9);
}

// Two tokens, two experts, top-1: half of the time both choose the same.
TEST(LoadNullTest, AgreesWithTheExpectationOfTwoTokens) {
    const auto null = load_null({.n_tokens = 2, .n_experts = 2, .top_k = 1});
    ASSERT_TRUE(null.has_value());
    EXPECT_LT(relative_error(null->max_violation, 0.5), kPromised);
    EXPECT_LT(relative_error(*null->normalized_entropy, 0.5), kPromised);
}

/// All routings of `n_tokens` tokens with top-1, each as likely as any other.
LoadNull mean_of_all_routings(std::size_t n_tokens, std::size_t n_experts) {
    LoadNull mean;
    double entropy = 0.0;
    std::vector<std::size_t> choices(n_tokens, 0);
    double n_routings = 0.0;
    for (bool is_done = false; !is_done; n_routings += 1.0) {
        std::vector<std::size_t> counts(n_experts);
        for (const std::size_t expert : choices) ++counts[expert];
        const auto balance = load_balance(counts);
        mean.max_violation += balance->max_violation;
        mean.cv += balance->cv;
        mean.gini += balance->gini;
        entropy += *balance->normalized_entropy;
        std::size_t digit = 0;
        while (digit < n_tokens && ++choices[digit] == n_experts) choices[digit++] = 0;
        is_done = digit == n_tokens;
    }
    return {.max_violation = mean.max_violation / n_routings,
            .cv = mean.cv / n_routings,
            .gini = mean.gini / n_routings,
            .normalized_entropy = entropy / n_routings};
}

TEST(LoadNullTest, AgreesWithTheMeanOfAllRoutings) {
    for (const auto& [n_tokens, n_experts] : {std::pair{7u, 2u}, {7u, 3u}, {6u, 4u}, {4u, 8u}}) {
        const LoadNull truth = mean_of_all_routings(n_tokens, n_experts);
        const auto null = load_null({.n_tokens = n_tokens, .n_experts = n_experts, .top_k = 1});
        ASSERT_TRUE(null.has_value());
        EXPECT_LT(relative_error(null->max_violation, truth.max_violation), kPromised);
        EXPECT_LT(relative_error(null->cv, truth.cv), kPromised);
        EXPECT_LT(relative_error(null->gini, truth.gini), kPromised);
        EXPECT_LT(relative_error(1.0 - *null->normalized_entropy, 1.0 - *truth.normalized_entropy),
                  kPromised);
    }
}

TEST(LoadNullTest, AgreesWithAnotherSamplerAndSeed) {
    for (const UniformRouting& routing : {UniformRouting{20, 8, 2}, UniformRouting{100, 32, 4},
                                          UniformRouting{512, 64, 8}, UniformRouting{2000, 16, 4}}) {
        Rng rng(77);
        LoadNull truth;
        double entropy = 0.0;
        constexpr std::size_t kDraws = 1000;
        for (std::size_t draw = 0; draw < kDraws; ++draw) {
            const auto balance = load_balance(shuffled_loads(routing, rng));
            truth.max_violation += balance->max_violation / kDraws;
            truth.cv += balance->cv / kDraws;
            truth.gini += balance->gini / kDraws;
            entropy += *balance->normalized_entropy / kDraws;
        }
        const auto null = load_null(routing);
        ASSERT_TRUE(null.has_value());
        EXPECT_LT(relative_error(null->max_violation, truth.max_violation), kPromised);
        EXPECT_LT(relative_error(null->cv, truth.cv), kPromised);
        EXPECT_LT(relative_error(null->gini, truth.gini), kPromised);
        EXPECT_LT(relative_error(1.0 - *null->normalized_entropy, 1.0 - entropy), 2 * kPromised);
    }
}

// Just above the length from which loads are drawn as normal numbers, both ways must agree.
TEST(LoadNullTest, NormalLoadsAgreeWithDrawnTokens) {
    for (const UniformRouting& routing : {UniformRouting{3200, 128, 8}, UniformRouting{12600, 8, 2},
                                          UniformRouting{2600, 512, 10}, UniformRouting{26000, 256, 1}}) {
        LoadDraw draw(routing);
        Rng rng(5);
        LoadBalance drawn;
        LoadBalance normal;
        for (std::size_t i = 0; i < 600; ++i) {
            const auto by_tokens = load_balance(draw.by_tokens(rng));
            drawn.max_violation += by_tokens->max_violation;
            drawn.gini += by_tokens->gini;
            drawn.cv += by_tokens->cv;
            const auto by_normals = load_balance(draw.by_normals(rng));
            normal.max_violation += by_normals->max_violation;
            normal.gini += by_normals->gini;
            normal.cv += by_normals->cv;
        }
        // The ratios have the shape of the distribution and little of the noise; the cv is known exactly.
        EXPECT_LT(relative_error(normal.max_violation / normal.cv, drawn.max_violation / drawn.cv),
                  kPromised);
        EXPECT_LT(relative_error(normal.gini / normal.cv, drawn.gini / drawn.cv), kPromised);
    }
}

TEST(LoadNullTest, AnswersForAnyLength) {
    // E[cv]² is near (1 - p) / (T p): the loads' variance over their mean squared.
    const UniformRouting routing{.n_tokens = 10'000'000, .n_experts = 128, .top_k = 8};
    const double p = 8.0 / 128.0;
    EXPECT_LT(relative_error(load_null(routing)->cv, std::sqrt((1.0 - p) / (1e7 * p))), kPromised);
    EXPECT_FALSE(load_null({.n_tokens = 0, .n_experts = 8, .top_k = 2}).has_value());
    EXPECT_EQ(load_null({.n_tokens = 50, .n_experts = 8, .top_k = 8})->max_violation, 0.0);
    EXPECT_FALSE(load_null({.n_tokens = 50, .n_experts = 1, .top_k = 1})->normalized_entropy.has_value());
}

TEST(LoadNullTest, SameQuestionSameAnswer) {
    const UniformRouting routing{.n_tokens = 99, .n_experts = 8, .top_k = 2};
    EXPECT_EQ(load_null(routing)->gini, load_null(routing)->gini);
}

// The oracle: Pascal's triangle, row by row.
std::vector<double> binomial_probabilities(std::size_t n, double p) {
    std::vector<double> row = {1.0};
    for (std::size_t trial = 0; trial < n; ++trial) {
        row.push_back(0.0);
        for (std::size_t k = row.size() - 1; k > 0; --k) row[k] = row[k] * (1.0 - p) + row[k - 1] * p;
        row[0] *= 1.0 - p;
    }
    return row;
}

TEST(LoadBandTest, HasTheQuantilesOfTheBinomialDistribution) {
    for (const UniformRouting& routing :
         {UniformRouting{1, 8, 2}, UniformRouting{40, 8, 2}, UniformRouting{40, 128, 8},
          UniformRouting{700, 4, 3}, UniformRouting{2000, 32, 4}}) {
        const double p = static_cast<double>(routing.top_k) / static_cast<double>(routing.n_experts);
        const std::vector<double> probabilities = binomial_probabilities(routing.n_tokens, p);
        const auto quantile = [&probabilities](double level) {
            double cumulative = 0.0;
            std::size_t count = 0;
            while ((cumulative += probabilities[count]) < level) ++count;
            return count;
        };
        const LoadBand band = load_band(routing);
        EXPECT_EQ(band.low, quantile(0.025));
        EXPECT_EQ(band.high, quantile(0.975));
        EXPECT_GE(band.largest, band.high);
    }
}

TEST(LoadBandTest, LargestLoadIsWithinOneOfTheDrawnQuantile) {
    for (const UniformRouting& routing : {UniformRouting{60, 8, 2}, UniformRouting{60, 128, 8},
                                          UniformRouting{500, 64, 8}, UniformRouting{200, 2, 1}}) {
        Rng rng(3);
        std::vector<std::size_t> largest;
        for (std::size_t draw = 0; draw < 4000; ++draw) {
            largest.push_back(std::ranges::max(shuffled_loads(routing, rng)));
        }
        std::ranges::sort(largest);
        const auto drawn = static_cast<double>(largest[largest.size() * 975 / 1000]);
        EXPECT_NEAR(static_cast<double>(load_band(routing).largest), drawn, 1.0);
    }
}

TEST(LoadBandTest, HasNoWidthWhenAllExpertsAreChosenOrNoTokenIsThere) {
    const LoadBand all = load_band({.n_tokens = 30, .n_experts = 8, .top_k = 8});
    EXPECT_EQ(all.low, 30u);
    EXPECT_EQ(all.largest, 30u);
    const LoadBand none = load_band({.n_tokens = 0, .n_experts = 8, .top_k = 2});
    EXPECT_EQ(none.high, 0u);
    EXPECT_EQ(load_band({}).largest, 0u);
}

}  // namespace
}  // namespace moe
