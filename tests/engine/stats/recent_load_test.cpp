#include "engine/stats/recent_load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include "engine/base/rng.h"
#include "engine/stats/load_balance.h"

namespace moe {
namespace {

constexpr double kTolerance = 1e-8;  // counts' logarithms are kept in steps of 2^-32
/// Of load_null: it draws.
constexpr double kDrawn = 0.02;

using Slots = std::vector<std::uint16_t>;

/// Different experts, some slots unused.
Slots random_slots(Rng& rng, std::size_t n_experts, std::size_t top_k) {
    Slots slots;
    while (slots.size() < top_k) {
        const auto expert = static_cast<std::uint16_t>(rng.below(n_experts) * rng.below(n_experts) / n_experts);
        if (rng.below(20) == 0) {
            slots.push_back(kNoExpert);
        } else if (std::ranges::find(slots, expert) == slots.end()) {
            slots.push_back(expert);
        }
    }
    return slots;
}

/// Counts the recent tokens again.
std::optional<double> recounted(const std::deque<Slots>& recent, std::size_t n_experts) {
    std::vector<std::size_t> counts(n_experts, 0);
    for (const Slots& slots : recent) {
        for (const std::uint16_t expert : slots) {
            if (expert != kNoExpert) ++counts[expert];
        }
    }
    const std::optional<LoadBalance> balance = load_balance(counts);
    return balance ? balance->normalized_entropy : std::nullopt;
}

TEST(RecentLoadTest, HasTheEntropyOfACountOverTheLastTokens) {
    Rng rng(5);
    for (const auto& [n_experts, top_k] : {std::pair<std::size_t, std::size_t>{16, 2}, {128, 8}, {300, 3}, {4, 1}}) {
        RecentLoad load(n_experts, top_k);
        EXPECT_FALSE(load.entropy().has_value());
        EXPECT_TRUE(load.newest().empty());
        std::deque<Slots> recent;
        for (std::size_t token = 0; token < 5 * kRecentTokens; ++token) {
            recent.push_back(random_slots(rng, n_experts, top_k));
            if (recent.size() > kRecentTokens) recent.pop_front();
            load.add(recent.back());
            const std::optional<double> expected = recounted(recent, n_experts);
            ASSERT_EQ(load.entropy().has_value(), expected.has_value()) << token;
            if (expected) {
                EXPECT_NEAR(*load.entropy(), *expected, kTolerance) << token << " of " << n_experts;
            }
            EXPECT_TRUE(std::ranges::equal(load.newest(), recent.back()));
        }
    }
}

TEST(RecentLoadTest, ForgetsToTheBitWhatCameBefore) {
    Rng rng(6);
    RecentLoad all(64, 4);
    std::deque<Slots> recent;
    for (std::size_t token = 0; token < 3000; ++token) {
        recent.push_back(random_slots(rng, 64, 4));
        if (recent.size() > kRecentTokens) recent.pop_front();
        all.add(recent.back());
    }
    RecentLoad last(64, 4);
    for (const Slots& slots : recent) last.add(slots);
    EXPECT_EQ(all.entropy(), last.entropy());
}

TEST(RecentLoadTest, IsZeroForOneExpertThatHasAllAndOneForEqualLoads) {
    RecentLoad one(4, 1), equal(4, 1);
    for (std::uint16_t token = 0; token < 64; ++token) {
        one.add(Slots{2});
        equal.add(Slots{static_cast<std::uint16_t>(token % 4)});
    }
    EXPECT_NEAR(*one.entropy(), 0.0, kTolerance);
    EXPECT_NEAR(*equal.entropy(), 1.0, kTolerance);
    RecentLoad alone(1, 1);
    alone.add(Slots{0});
    EXPECT_FALSE(alone.entropy().has_value()) << "one expert has no entropy";
}

// All routings of a few tokens, each as likely as any other.
TEST(LoadEntropyNullTest, IsTheMeanOverAllRoutings) {
    constexpr std::size_t kTokens = 3;
    const std::vector<Slots> sets{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
    double sum = 0;
    for (std::size_t routing = 0; routing < 6 * 6 * 6; ++routing) {
        RecentLoad load(4, 2);
        for (std::size_t token = 0, rest = routing; token < kTokens; ++token, rest /= 6) load.add(sets[rest % 6]);
        sum += *load.entropy();
    }
    const auto null = load_entropy_null({.n_tokens = kTokens, .n_experts = 4, .top_k = 2});
    EXPECT_NEAR(*null, sum / 216, kTolerance);
}

TEST(LoadEntropyNullTest, AgreesWithDrawnRoutings) {
    for (const UniformRouting& routing : {UniformRouting{64, 128, 8}, UniformRouting{64, 16, 2}, UniformRouting{7, 64, 1},
                                          UniformRouting{1, 16, 2}, UniformRouting{64, 256, 8}}) {
        const double drawn = *load_null(routing)->normalized_entropy;
        EXPECT_NEAR(1 - *load_entropy_null(routing), 1 - drawn, kDrawn * (1 - drawn));
    }
    EXPECT_EQ(load_entropy_null({.n_tokens = 5, .n_experts = 4, .top_k = 4}), 1.0);
    EXPECT_FALSE(load_entropy_null({.n_tokens = 5, .n_experts = 1, .top_k = 1}).has_value());
    EXPECT_FALSE(load_entropy_null({.n_tokens = 0, .n_experts = 4, .top_k = 1}).has_value());
}

}  // namespace
}  // namespace moe
