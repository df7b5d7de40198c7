#include "engine/session/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace moe {
namespace {

constexpr float kLogprobTolerance = 1e-6f;
constexpr double kSigmas = 5;  // of a binomial count: one wrong alarm in 1.7 million

std::vector<float> random_logits(std::uint64_t seed, std::size_t count, float spread) {
    Rng rng(seed);
    std::vector<float> logits(count);
    for (float& logit : logits) logit = spread * static_cast<float>(rng.uniform() * 2 - 1);
    return logits;
}

/// softmax(values / temperature) in long double, the slow and obvious way.
std::vector<long double> softmax_oracle(std::span<const float> values, long double temperature) {
    const long double largest = *std::max_element(values.begin(), values.end());
    std::vector<long double> result;
    for (const float value : values) result.push_back(std::exp((value - largest) / temperature));
    const long double sum = std::accumulate(result.begin(), result.end(), 0.0L);
    for (long double& value : result) value /= sum;
    return result;
}

/// The exact probability of every token that can be drawn: sort all, cut to top-k, cut to top-p, temperature.
std::map<TokenId, double> distribution_oracle(std::span<const float> logits, const SamplingParams& params) {
    std::vector<std::pair<float, TokenId>> sorted;
    for (std::size_t id = 0; id < logits.size(); ++id)
        sorted.push_back({-logits[id], static_cast<TokenId>(id)});
    std::sort(sorted.begin(), sorted.end());
    if (params.top_k > 0 && params.top_k < sorted.size()) sorted.resize(params.top_k);
    std::vector<float> kept;
    for (const auto& [negative, id] : sorted) kept.push_back(-negative);

    const std::vector<long double> share = softmax_oracle(kept, 1);
    long double mass = 0;
    std::size_t count = 0;
    while (count < share.size() && (count == 0 || mass < static_cast<long double>(params.top_p)))
        mass += share[count++];
    if (params.top_p >= 1) count = share.size();
    kept.resize(count);

    const std::vector<long double> probability = softmax_oracle(kept, params.temperature);
    std::map<TokenId, double> result;
    for (std::size_t rank = 0; rank < count; ++rank) {
        result[sorted[rank].second] = static_cast<double>(probability[rank]);
    }
    return result;
}

std::map<TokenId, std::size_t> draw_counts(std::span<const float> logits, const SamplingParams& params,
                                           std::size_t n) {
    Sampler sampler(params);
    std::map<TokenId, std::size_t> counts;
    for (std::size_t draw = 0; draw < n; ++draw) ++counts[sampler.sample(logits).id];
    return counts;
}

TEST(SamplerTest, GreedyTakesTheLargestLogitAndTheLowerIdOfEquals) {
    Sampler sampler({.temperature = 0});
    EXPECT_EQ(sampler.sample(std::vector<float>{1, 3, 2, 3}).id, 1);
    EXPECT_EQ(sampler.sample(std::vector<float>{-5, -5, -5}).id, 0);
    EXPECT_EQ(sampler.sample(std::vector<float>{7}).id, 0);
}

TEST(SamplerTest, DrawsInProportionToTheExactProbabilities) {
    constexpr std::size_t kDraws = 100'000;
    const std::vector<float> logits = random_logits(3, 12, 2.5f);
    for (const SamplingParams& params :
         {SamplingParams{.seed = 1, .temperature = 1, .top_k = 0, .top_p = 1},
          SamplingParams{.seed = 2, .temperature = 0.7f, .top_k = 5, .top_p = 1},
          SamplingParams{.seed = 3, .temperature = 1.5f, .top_k = 0, .top_p = 0.8f},
          SamplingParams{.seed = 4, .temperature = 0.8f, .top_k = 8, .top_p = 0.9f}}) {
        const std::map<TokenId, double> expected = distribution_oracle(logits, params);
        const std::map<TokenId, std::size_t> counts = draw_counts(logits, params, kDraws);
        for (const auto& [id, count] : counts)
            EXPECT_TRUE(expected.contains(id)) << "token " << id << " was cut off";
        for (const auto& [id, probability] : expected) {
            const double mean = probability * kDraws;
            const double sigma = std::sqrt(mean * (1 - probability));
            const double count = counts.contains(id) ? static_cast<double>(counts.at(id)) : 0;
            EXPECT_NEAR(count, mean, kSigmas * sigma + 1) << "token " << id << ", seed " << params.seed;
        }
    }
}

TEST(SamplerTest, KeepsTheSameTokensAsSortingTheWholeVocabulary) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::vector<float> logits = random_logits(seed, 2000, seed % 2 == 0 ? 0.5f : 12.0f);
        const SamplingParams params{
            .seed = seed, .temperature = 2, .top_k = seed % 3 == 0 ? 300u : 0u, .top_p = 0.6f};
        const std::map<TokenId, double> expected = distribution_oracle(logits, params);
        for (const auto& [id, count] : draw_counts(logits, params, 500)) {
            EXPECT_TRUE(expected.contains(id)) << "token " << id << ", seed " << seed;
        }
    }
}

TEST(SamplerTest, TellsTheLogprobOfTheModelBeforeTemperatureAndCuts) {
    const std::vector<float> logits = random_logits(5, 300, 6);
    const std::vector<long double> exact = softmax_oracle(logits, 1);
    Sampler sampler({.seed = 9, .temperature = 3, .top_k = 50, .top_p = 0.9f});
    for (int draw = 0; draw < 200; ++draw) {
        const SampledToken token = sampler.sample(logits);
        const float expected = static_cast<float>(std::log(exact[static_cast<std::size_t>(token.id)]));
        EXPECT_NEAR(token.logprob, expected, kLogprobTolerance * std::abs(expected) + kLogprobTolerance);
        EXPECT_EQ(log_probability(logits, token.id), token.logprob);
    }
}

TEST(SamplerTest, ReproducesItsDrawsFromTheSeed) {
    const std::vector<float> logits = random_logits(7, 100, 1);
    Sampler first({.seed = 42}), second({.seed = 42}), other({.seed = 43});
    int n_different = 0;
    for (int draw = 0; draw < 100; ++draw) {
        const TokenId id = first.sample(logits).id;
        EXPECT_EQ(id, second.sample(logits).id);
        n_different += id != other.sample(logits).id;
    }
    EXPECT_GT(n_different, 50);
}

TEST(SamplerTest, GoesOnFromAnyDrawWhateverWasDrawnBefore) {
    const std::vector<float> logits = random_logits(8, 100, 1);
    const std::vector<float> flat(100, 0.0f);
    Sampler whole({.seed = 5});
    std::vector<TokenId> ids;
    for (int draw = 0; draw < 20; ++draw) ids.push_back(whole.sample(logits).id);
    Sampler later({.seed = 5});
    (void)later.sample(flat);
    later.seek(12);
    for (std::size_t draw = 12; draw < 20; ++draw) EXPECT_EQ(later.sample(logits).id, ids[draw]);
}

TEST(SamplerTest, TakesOneRandomNumberForEveryTokenAlsoWhereThereIsNothingToChoose) {
    const std::vector<float> logits = random_logits(8, 100, 1);
    const std::vector<float> single{1.0f};
    Sampler whole({.seed = 5}), mixed({.seed = 5});
    (void)whole.sample(logits);
    (void)mixed.sample(single);
    EXPECT_EQ(whole.sample(logits).id, mixed.sample(logits).id);
}

TEST(SamplerTest, BearsExtremeParametersAndLogits) {
    const float huge = std::numeric_limits<float>::max();
    const float never = -std::numeric_limits<float>::infinity();
    const std::vector<std::vector<float>> all = {
        {0, 1, 2}, {huge, -huge, 0}, {never, 3, never}, {0, 0, 0}, {-1e30f, -1e30f}};
    for (const std::vector<float>& logits : all) {
        for (const float temperature : {1e-6f, 1e-30f, 100.0f, 1e30f}) {
            for (const float top_p : {1e-9f, 0.5f, 1.0f}) {
                for (const std::size_t top_k : {0, 1, 2, 1000}) {
                    Sampler sampler({.seed = 1, .temperature = temperature, .top_k = top_k, .top_p = top_p});
                    for (int draw = 0; draw < 20; ++draw) {
                        const SampledToken token = sampler.sample(logits);
                        ASSERT_LT(static_cast<std::size_t>(token.id), logits.size());
                        ASSERT_NE(logits[static_cast<std::size_t>(token.id)], never);
                        ASSERT_TRUE(std::isfinite(token.logprob) || logits[0] == huge);
                    }
                }
            }
        }
    }
}

TEST(SamplerTest, ATinyTemperatureIsGreedyAndAHugeOneIsUniform) {
    const std::vector<float> logits{0.0f, 0.1f, 0.05f, -0.3f};
    EXPECT_EQ(draw_counts(logits, {.temperature = 1e-6f, .top_k = 0, .top_p = 1}, 1000).size(), 1u);
    for (const auto& [id, count] :
         draw_counts(logits, {.temperature = 1e6f, .top_k = 0, .top_p = 1}, 40'000)) {
        EXPECT_NEAR(static_cast<double>(count), 10'000, kSigmas * std::sqrt(7500.0)) << id;
    }
}

TEST(SamplerTest, NamesParametersThatCannotBeUsed) {
    EXPECT_TRUE(check_sampling({}));
    EXPECT_TRUE(check_sampling({.temperature = 0, .top_k = 0, .top_p = 1}));
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float temperature : {-1.0f, nan, std::numeric_limits<float>::infinity()}) {
        EXPECT_NE(check_sampling({.temperature = temperature}).error().message.find("temperature"),
                  std::string::npos);
    }
    for (const float top_p : {0.0f, -0.1f, 1.1f, nan}) {
        EXPECT_NE(check_sampling({.top_p = top_p}).error().message.find("top-p"), std::string::npos);
    }
}

TEST(TopCandidatesTest, AreTheMostProbableTokensBestFirst) {
    const std::vector<float> logits = random_logits(11, 500, 5);
    const std::vector<long double> exact = softmax_oracle(logits, 1);
    std::vector<TokenId> ids(logits.size());
    std::iota(ids.begin(), ids.end(), 0);
    std::stable_sort(ids.begin(), ids.end(), [&](TokenId a, TokenId b) {
        return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
    });
    const std::vector<Candidate> candidates = top_candidates(logits, 10);
    ASSERT_EQ(candidates.size(), 10u);
    for (std::size_t rank = 0; rank < candidates.size(); ++rank) {
        EXPECT_EQ(candidates[rank].id, ids[rank]);
        const auto expected = static_cast<double>(exact[static_cast<std::size_t>(ids[rank])]);
        EXPECT_NEAR(candidates[rank].probability, expected, kLogprobTolerance);
    }
}

TEST(TopCandidatesTest, AreNoMoreThanTheVocabularyHasAndBreakTiesByLowerId) {
    const std::vector<Candidate> candidates = top_candidates(std::vector<float>{1, 2, 2}, 10);
    ASSERT_EQ(candidates.size(), 3u);
    EXPECT_EQ(candidates[0].id, 1);
    EXPECT_EQ(candidates[1].id, 2);
    EXPECT_EQ(candidates[2].id, 0);
    EXPECT_TRUE(top_candidates({}, 10).empty());
}

}  // namespace
}  // namespace moe
