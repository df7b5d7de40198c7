#include "engine/moe/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "engine/moe/top_k.h"
#include "tests/support/random_weights.h"

namespace moe {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

constexpr float kLastDigits = 1e-6f;

// Six tokens, four experts.
constexpr float kLogits[6][4] = {{2.0f, 1.0f, 0.0f, -1.0f}, {1.5f, 1.2f, 0.3f, -0.5f},
                                 {0.1f, 2.2f, 0.4f, 0.0f},  {1.8f, -0.2f, 0.9f, 0.6f},
                                 {1.1f, 0.7f, 1.3f, -0.4f}, {2.4f, 0.3f, 0.2f, 0.8f}};
const std::vector<std::uint16_t> kExperts{0, 1, 0, 1, 1, 2, 0, 2, 2, 0, 0, 3};
const std::vector<float> kShares{0.643914f, 0.236883f, 0.459274f, 0.340239f, 0.715022f, 0.118192f,
                                 0.542564f, 0.220590f, 0.392122f, 0.321042f, 0.696788f, 0.140679f};
const std::vector<float> kRenormalized{0.731059f, 0.268941f, 0.574443f, 0.425557f, 0.858149f, 0.141851f,
                                       0.710950f, 0.289050f, 0.549834f, 0.450166f, 0.832018f, 0.167982f};

Routing route_six(const RouterConfig& config) {
    return route(MatrixView<const float>(&kLogits[0][0], 6, 4), config);
}

TEST(RouterTest, KeepsSharesOfTheFullSoftmax) {
    const Routing routing = route_six({.n_experts = 4, .top_k = 2});
    EXPECT_TRUE(std::ranges::equal(routing.experts.values(), kExperts));
    EXPECT_THAT(routing.weights.values(), Pointwise(FloatNear(kLastDigits), kShares));
}

TEST(RouterTest, RenormalizedWeightsAreASoftmaxOverTheChosen) {
    const Routing renormalized = route_six({.n_experts = 4, .top_k = 2, .renormalize = true});
    const Routing over_chosen = route_six({.n_experts = 4, .top_k = 2, .gating = Gating::SoftmaxTopK});
    EXPECT_THAT(renormalized.weights.values(), Pointwise(FloatNear(kLastDigits), kRenormalized));
    EXPECT_THAT(over_chosen.weights.values(), Pointwise(FloatNear(kLastDigits), kRenormalized));
    EXPECT_TRUE(std::ranges::equal(over_chosen.experts.values(), kExperts));
}

TEST(RouterTest, ScalesWeightsLast) {
    const Routing routing =
        route_six({.n_experts = 4, .top_k = 2, .renormalize = true, .weights_scale = 2.5f});
    EXPECT_NEAR(routing.weights.row(0)[0], 2.5f * 0.731059f, 3 * kLastDigits);
}

TEST(RouterTest, SigmoidScoresDoNotCompete) {
    const Routing routing = route_six({.n_experts = 4, .top_k = 1, .gating = Gating::Sigmoid});
    EXPECT_NEAR(routing.scores.row(0)[0], 0.880797f, kLastDigits);
    EXPECT_NEAR(routing.scores.row(0)[2], 0.5f, kLastDigits);
}

TEST(RouterTest, NeverDividesByLessThanTheSmallestHalf) {
    const std::vector<float> logits{-80.0f, -81.0f};
    const Routing routing =
        route(MatrixView<const float>(logits.data(), 1, 2),
              {.n_experts = 2, .top_k = 2, .gating = Gating::Sigmoid, .renormalize = true});
    EXPECT_LT(routing.weights.row(0)[0], 1e-29f);
}

TEST(RouterTest, BreaksTiesByLowerExpertIndex) {
    const std::vector<float> logits(8, 0.25f);
    const Routing routing = route(MatrixView<const float>(logits.data(), 1, 8), {.n_experts = 8, .top_k = 3});
    EXPECT_THAT(routing.experts.values(), ElementsAre(0, 1, 2));
}

// Eight experts in four groups of two, of which two are kept.
const std::vector<float> kGroupLogits{1.2f, -0.3f, 0.4f, 0.9f, -1.0f, 2.0f, 0.1f, 0.3f};
const std::vector<float> kBias{-0.20f, 0.0f, 0.10f, 0.05f, 0.0f, -0.30f, 0.25f, 0.0f};
const RouterConfig kGroups{.n_experts = 8,
                           .top_k = 3,
                           .gating = Gating::Sigmoid,
                           .n_groups = 4,
                           .n_groups_used = 2,
                           .selection_bias = kBias,
                           .renormalize = true,
                           .weights_scale = 2.5f};

Routing route_one(const std::vector<float>& logits, const RouterConfig& config) {
    return route(MatrixView<const float>(logits.data(), 1, logits.size()), config);
}

TEST(RouterTest, ChoosesWithinTheBestGroupsAndMixesWithoutTheBias) {
    const Routing routing = route_one(kGroupLogits, kGroups);
    EXPECT_THAT(routing.experts.values(), ElementsAre(6, 3, 2));
    EXPECT_THAT(routing.weights.values(),
                Pointwise(FloatNear(3 * kLastDigits), std::vector{0.715380f, 0.968799f, 0.815821f}));
    const std::vector<float> selection{kLostGroup, kLostGroup, 0.698688f, 0.760950f,
                                       kLostGroup, kLostGroup, 0.774979f, 0.574443f};
    EXPECT_THAT(routing.selection.values(), Pointwise(FloatNear(kLastDigits), selection));
}

TEST(RouterTest, ChoosesByScoreAloneWithoutBiasAndGroups) {
    const Routing routing = route_one(kGroupLogits, {.n_experts = 8, .top_k = 3, .gating = Gating::Sigmoid});
    EXPECT_THAT(routing.experts.values(), ElementsAre(5, 0, 3));
    EXPECT_EQ(routing.selection.rows(), 0u);
}

TEST(RouterTest, ABiasAloneChangesTheChoiceAlone) {
    RouterConfig config = kGroups;
    config.n_groups = config.n_groups_used = 1;
    const Routing routing = route_one(kGroupLogits, config);
    EXPECT_THAT(routing.experts.values(), ElementsAre(6, 3, 2));
    EXPECT_NEAR(routing.selection.row(0)[0], 0.568525f, kLastDigits);
    EXPECT_NEAR(routing.scores.row(0)[0], 0.768525f, kLastDigits);
}

TEST(RouterTest, GroupsOfThreeCountTheirTwoBest) {
    // Sums of two are 0.9 + 0.1 and 0.6 + 0.5: the group of the single best loses.
    const std::vector<float> scores{0.1f, 0.9f, 0.0f, 0.6f, 0.0f, 0.5f};
    std::vector<float> logits;
    for (const float score : scores) logits.push_back(std::log(score + 0.01f));
    const Routing routing = route_one(logits, {.n_experts = 6, .top_k = 1, .n_groups = 2});
    EXPECT_THAT(routing.experts.values(), ElementsAre(3));
}

TEST(RouterTest, RanksLogitsWhereAsked) {
    // Sigmoids of both are 1 in float; the logits still differ.
    const std::vector<float> logits{40.0f, 50.0f, 2.0f};
    const RouterConfig config{
        .n_experts = 3, .top_k = 1, .gating = Gating::Sigmoid, .rank = RouterConfig::Rank::Logits};
    const Routing routing = route_one(logits, config);
    EXPECT_THAT(routing.experts.values(), ElementsAre(1));
    EXPECT_EQ(routing.selection.row(0)[1], 50.0f);
    EXPECT_NEAR(route_one({0.0f, 2.0f, 1.0f}, config).weights.row(0)[0], 0.880797f, kLastDigits);
}

TEST(RouterTest, MixesBySoftmaxOverTheChosenOfGptOss) {
    // The logits of a token with the router's bias: [1.8, -0.2, 0.9, 0.6] + [0, 0.5, 0, 0.8].
    const Routing routing =
        route_one({1.8f, 0.3f, 0.9f, 1.4f}, {.n_experts = 4, .top_k = 2, .gating = Gating::SoftmaxTopK});
    EXPECT_THAT(routing.experts.values(), ElementsAre(0, 3));
    EXPECT_THAT(routing.weights.values(),
                Pointwise(FloatNear(kLastDigits), std::vector{0.598688f, 0.401312f}));
}

TEST(RouterTest, AgreesWithGemmasWorkedExample) {
    // The token [1, -2, 0.5, 3] at unit RMS, times [1, 0.5, 2, 1] / sqrt(4); the router's matrix is the
    // identity.
    const Routing routing = route_one({0.264906f, -0.264906f, 0.264906f, 0.794719f},
                                      {.n_experts = 4, .top_k = 2, .renormalize = true});
    EXPECT_THAT(routing.scores.values(),
                Pointwise(FloatNear(kLastDigits), std::vector{0.233245f, 0.137315f, 0.233245f, 0.396194f}));
    EXPECT_THAT(routing.experts.values(), ElementsAre(3, 0));
    EXPECT_THAT(routing.weights.values(),
                Pointwise(FloatNear(kLastDigits), std::vector{0.629439f, 0.370561f}));
}

TEST(TopKTest, AgreesWithAFullSort) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Matrix<float> scores = test::random_matrix(1, 64, seed);
        for (float& score : scores.values()) score = std::round(score * 8.0f);  // many ties
        std::vector<std::uint16_t> order(64);
        for (std::size_t i = 0; i < 64; ++i) order[i] = static_cast<std::uint16_t>(i);
        std::ranges::stable_sort(order, [&](auto a, auto b) { return scores.row(0)[a] > scores.row(0)[b]; });
        std::vector<std::uint16_t> chosen(1 + seed % 64);
        top_k(scores.row(0), chosen);
        EXPECT_TRUE(std::equal(chosen.begin(), chosen.end(), order.begin())) << "seed " << seed;
    }
}

TEST(TopKTest, ChoosesDistinctExpertsEvenAmongNaN) {
    std::vector<float> scores(5, std::nanf(""));
    scores[3] = 1.0f;
    std::vector<std::uint16_t> chosen(3);
    top_k(scores, chosen);
    EXPECT_EQ(std::set<std::uint16_t>(chosen.begin(), chosen.end()).size(), 3u);
}

}  // namespace
}  // namespace moe
