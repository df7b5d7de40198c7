#include "engine/stats/load_balance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/base/rng.h"

namespace moe {
namespace {

/// The worked values have six digits.
constexpr double kSixDigits = 5e-7;
constexpr double kTolerance = 1e-12;

using Counts = std::vector<std::size_t>;

// Worked example WE30 of the notes on the science: load [5,3,3,1] of a routing of 6 tokens with top-2.
TEST(LoadBalanceTest, AgreesWithTheWorkedExample) {
    const auto balance = load_balance(Counts{5, 3, 3, 1});
    ASSERT_TRUE(balance.has_value());
    EXPECT_NEAR(balance->max_violation, 0.666667, kSixDigits);
    EXPECT_NEAR(balance->cv, 0.471405, kSixDigits);
    EXPECT_NEAR(balance->gini, 0.25, kSixDigits);
    EXPECT_NEAR(std::log(balance->effective_experts), 1.265001, kSixDigits);
    EXPECT_NEAR(*balance->normalized_entropy, 0.912506, kSixDigits);
    EXPECT_NEAR(balance->effective_experts, 3.543098, kSixDigits);
    EXPECT_EQ(balance->n_dead, 0u);
}

TEST(LoadBalanceTest, AgreesWithTheWorkedExampleOfACollapse) {
    const auto balance = load_balance(Counts{6, 0, 0, 0});
    ASSERT_TRUE(balance.has_value());
    EXPECT_NEAR(balance->max_violation, 3.0, kTolerance);
    EXPECT_NEAR(balance->cv, 1.732051, kSixDigits);
    EXPECT_NEAR(balance->gini, 0.75, kTolerance);
    EXPECT_NEAR(*balance->normalized_entropy, 0.0, kTolerance);
    EXPECT_NEAR(balance->effective_experts, 1.0, kTolerance);
    EXPECT_EQ(balance->n_dead, 3u);
}

TEST(LoadBalanceTest, EqualLoadsAreBalanced) {
    const auto balance = load_balance(Counts{7, 7, 7});
    ASSERT_TRUE(balance.has_value());
    EXPECT_NEAR(balance->max_violation, 0.0, kTolerance);
    EXPECT_NEAR(balance->cv, 0.0, kTolerance);
    EXPECT_NEAR(balance->gini, 0.0, kTolerance);
    EXPECT_NEAR(*balance->normalized_entropy, 1.0, kTolerance);
    EXPECT_NEAR(balance->effective_experts, 3.0, kTolerance);
}

TEST(LoadBalanceTest, DeadIsLessThanATenthOfTheFairShare) {
    // Fair share 1/2; a tenth of it is 0.05: exactly 1 of 20 is alive.
    EXPECT_EQ(load_balance(Counts{19, 1})->n_dead, 0u);
    EXPECT_EQ(load_balance(Counts{20, 1})->n_dead, 1u);
}

TEST(LoadBalanceTest, NothingReceivedHasNoBalance) {
    EXPECT_FALSE(load_balance(Counts{0, 0}).has_value());
    EXPECT_FALSE(load_balance(Counts{}).has_value());
}

TEST(LoadBalanceTest, OneExpertHasNoEntropy) {
    const auto balance = load_balance(Counts{5});
    ASSERT_TRUE(balance.has_value());
    EXPECT_FALSE(balance->normalized_entropy.has_value());
    EXPECT_EQ(balance->max_violation, 0.0);
}

// The oracle: Gini as half the mean absolute difference over the mean.
TEST(LoadBalanceTest, GiniIsHalfTheRelativeMeanDifference) {
    Rng rng(9);
    for (std::size_t round = 0; round < 100; ++round) {
        Counts counts(1 + rng.below(20));
        double total = 1.0;
        counts[0] = 1;
        for (std::size_t& count : counts) total += static_cast<double>(count += rng.below(50));
        total -= 1.0;
        double differences = 0.0;
        for (const std::size_t a : counts) {
            for (const std::size_t b : counts) {
                differences += std::abs(static_cast<double>(a) - static_cast<double>(b));
            }
        }
        const auto n = static_cast<double>(counts.size());
        EXPECT_NEAR(load_balance(counts)->gini, differences / (2.0 * n * total), 1e-9);
    }
}

}  // namespace
}  // namespace moe
