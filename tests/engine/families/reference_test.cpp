#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/rng.h"
#include "engine/families/load_model.h"
#include "engine/model/forward.h"
#include "tests/support/paths.h"
#include "tests/support/reference_file.h"
#include "tests/support/routing_log.h"

// Whole models against a float64 implementation of the same files (tests/golden/families, and the larger
// set beside the checkout where there is one).

namespace moe {
namespace {

using test::ReferenceFile;
using test::RoutingLog;

constexpr double kLogitsError = 1e-9;  // normalised squared error of float32 against float64
constexpr double kRouterLogitsError = 1e-9;
constexpr double kSelectionGap = 1e-4;  // closer scores may change places
constexpr float kWeightError = 1e-4f;
constexpr std::size_t kContext = 512;

// Where activations are rounded to 8 bits (refs/README.md has the limits and what llama.cpp reaches).
constexpr double kRoundedError = 2e-3;
constexpr double kSameExperts = 0.98;

bool is_rounded(const Model& model) {
    return std::ranges::any_of(model.weights.layers, [](const LayerWeights& layer) {
        return !layer.moe.expert_down.is_empty() && reads_rounded(layer.moe.expert_down);
    });
}

struct Output {
    std::vector<float> logits;  ///< [n_tokens, n_vocab]
    RoutingLog routing;
};

/// Runs `tokens` in pieces of `piece`; with an observer unless told otherwise.
Output run(const Model& model, std::span<const TokenId> tokens, std::size_t piece, bool is_observed = true) {
    static ThreadPool pool(2);
    Output output;
    SequenceState state = SequenceState::create(model.spec, kContext).value();
    Matrix<float> logits;
    for (std::size_t first = 0; first < tokens.size(); first += piece) {
        const auto some = tokens.subspan(first, std::min(piece, tokens.size() - first));
        const Result<void> done = forward(model, state, some, LogitsOf::EveryToken,
                                          is_observed ? &output.routing : nullptr, pool, {}, logits);
        EXPECT_TRUE(done) << done.error().message;
        output.logits.insert(output.logits.end(), logits.values().begin(), logits.values().end());
    }
    return output;
}

ReferenceFile expected_of(std::filesystem::path model) {
    return ReferenceFile(model.replace_extension(".expected.safetensors"));
}

/// One layer's slice of a tensor [n_layers, ...].
template <class T>
std::span<const T> layer_of(std::span<const T> values, std::size_t layer, std::size_t n_layers) {
    return values.subspan(values.size() / n_layers * layer, values.size() / n_layers);
}

/// The tokens' selections down to the first rank whose score is too close to the next one's.
void expect_same_selection(const RoutingLog::Layer& layer, std::span<const float> scores,
                           std::span<const std::int32_t> experts, std::span<const float> weights) {
    const std::size_t top_k = experts.size() / layer.n_tokens;
    const std::size_t n_experts = scores.size() / layer.n_tokens;
    for (std::size_t token = 0; token < layer.n_tokens; ++token) {
        std::vector<float> sorted(scores.begin() + static_cast<std::ptrdiff_t>(token * n_experts),
                                  scores.begin() + static_cast<std::ptrdiff_t>((token + 1) * n_experts));
        std::ranges::sort(sorted, std::greater());
        for (std::size_t slot = 0; slot < top_k; ++slot) {
            if (slot + 1 < n_experts && sorted[slot] - sorted[slot + 1] <= kSelectionGap) break;
            const std::size_t index = token * top_k + slot;
            ASSERT_EQ(layer.experts[index], experts[index]) << "token " << token << ", slot " << slot;
            ASSERT_NEAR(layer.weights[index], weights[index], kWeightError)
                << "token " << token << ", slot " << slot;
        }
    }
}

/// How many of a token's experts are among the expected ones.
std::size_t n_common(std::span<const std::int32_t> experts, std::span<const std::int32_t> expected) {
    return static_cast<std::size_t>(std::ranges::count_if(
        experts, [&](std::int32_t expert) { return std::ranges::find(expected, expert) != expected.end(); }));
}

/// Most of the experts, whatever their places, and router logits near enough.
void expect_similar_routing(const RoutingLog& routing, const ReferenceFile& expected) {
    const std::size_t n_layers = expected.shape("experts")[0];
    ASSERT_EQ(routing.layers.size(), n_layers);
    std::size_t n_same = 0;
    for (std::size_t layer = 0; layer < n_layers; ++layer) {
        const auto experts = layer_of(expected.integers("experts"), layer, n_layers);
        EXPECT_LE(test::normalized_squared_error(routing.layers[layer].router_logits,
                                                 layer_of(expected.floats("router_logits"), layer, n_layers)),
                  kRoundedError);
        ASSERT_EQ(routing.layers[layer].experts.size(), experts.size());
        const std::size_t top_k = expected.shape("experts")[2];
        for (std::size_t i = 0; i < experts.size(); i += top_k) {
            n_same += n_common(std::span(routing.layers[layer].experts).subspan(i, top_k), experts.subspan(i, top_k));
        }
    }
    const double share = static_cast<double>(n_same) / static_cast<double>(expected.integers("experts").size());
    std::printf("  the same experts: %.2f %%\n", 100 * share);
    EXPECT_GE(share, kSameExperts);
}

/// Lost groups stand at -1e30, beside which nothing else would count.
std::vector<float> above_lost(std::span<const float> selection) {
    std::vector<float> values(selection.begin(), selection.end());
    for (float& value : values) value = std::max(value, -1e3f);
    return values;
}

void expect_same_routing(const RoutingLog& routing, const ReferenceFile& expected) {
    if (!expected.contains("experts")) {
        EXPECT_TRUE(routing.layers.empty());
        return;
    }
    const std::size_t n_layers = expected.shape("experts")[0];
    ASSERT_EQ(routing.layers.size(), n_layers);
    EXPECT_TRUE(routing.is_in_order);
    for (std::size_t layer = 0; layer < n_layers; ++layer) {
        SCOPED_TRACE("MoE layer " + std::to_string(layer));
        const auto router_logits = layer_of(expected.floats("router_logits"), layer, n_layers);
        const auto scores = layer_of(expected.floats("scores"), layer, n_layers);
        EXPECT_LE(test::normalized_squared_error(routing.layers[layer].router_logits, router_logits),
                  kRouterLogitsError);
        EXPECT_LE(test::normalized_squared_error(routing.layers[layer].scores, scores), kRouterLogitsError);
        std::span<const float> ranked = scores;
        if (expected.contains("selection")) {
            ranked = layer_of(expected.floats("selection"), layer, n_layers);
            EXPECT_LE(test::normalized_squared_error(above_lost(routing.layers[layer].selection),
                                                     above_lost(ranked)),
                      kRouterLogitsError);
        } else {
            EXPECT_TRUE(routing.layers[layer].selection.empty());
        }
        expect_same_selection(routing.layers[layer], ranked,
                              layer_of(expected.integers("experts"), layer, n_layers),
                              layer_of(expected.floats("weights"), layer, n_layers));
    }
}

class ReferenceTest : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override {
        const auto path = test::reference_model(GetParam());
        if (!path) GTEST_SKIP() << "the reference models are not beside the checkout";
        auto loaded = load_model(*path);
        ASSERT_TRUE(loaded) << loaded.error().message;
        model_ = *loaded;
        expected_.emplace(expected_of(*path));
    }
    std::span<const TokenId> tokens() const { return expected_->integers("tokens"); }
    void expect_reference(const Output& output) {
        const double error = test::normalized_squared_error(output.logits, expected_->floats("logits"));
        RecordProperty("logits_error", std::to_string(error));
        std::printf("%s: normalised squared error of the logits %.2e\n", GetParam().c_str(), error);
        EXPECT_LE(error, allowed_error());
        if (is_rounded(*model_))
            expect_similar_routing(output.routing, *expected_);
        else
            expect_same_routing(output.routing, *expected_);
    }

    double allowed_error() const { return is_rounded(*model_) ? kRoundedError : kLogitsError; }

    std::shared_ptr<const Model> model_;
    std::optional<ReferenceFile> expected_;
};

TEST_P(ReferenceTest, AgreesWhenAllTokensRunAtOnce) {
    expect_reference(run(*model_, tokens(), tokens().size()));
}

TEST_P(ReferenceTest, AgreesInPiecesOfSeven) { expect_reference(run(*model_, tokens(), 7)); }

TEST_P(ReferenceTest, AgreesTokenByToken) { expect_reference(run(*model_, tokens(), 1)); }

/// The tokens before the first that has other experts in the one than in the other.
std::size_t n_routed_alike(const RoutingLog& one, const RoutingLog& other, std::size_t n_tokens) {
    for (std::size_t layer = 0; layer < one.layers.size(); ++layer) {
        const auto& experts = one.layers[layer].experts;
        const auto differ = std::ranges::mismatch(experts, other.layers[layer].experts);
        const auto index = static_cast<std::size_t>(differ.in1 - experts.begin());
        n_tokens = std::min(n_tokens, index * one.layers[layer].n_tokens / experts.size());
    }
    return n_tokens;
}

// Far beyond the windows that the models have, and some 350 tokens beyond the reference's own text.
TEST_P(ReferenceTest, ReadsALongTextTokenByTokenAsAtOnce) {
    if (is_rounded(*model_)) GTEST_SKIP() << "rounded activations decide between more than near ties";
    constexpr std::size_t kLongText = 400, kFewestAlike = 100;
    std::vector<TokenId> text(kLongText);
    Rng rng(1);
    for (TokenId& token : text) token = static_cast<TokenId>(rng.below(model_->spec.n_vocab));
    const Output whole = run(*model_, text, kLongText);
    const Output single = run(*model_, text, 1);
    // What follows another choice between near ties is another text.
    const std::size_t n_alike = n_routed_alike(whole.routing, single.routing, kLongText);
    EXPECT_GE(n_alike, kFewestAlike);
    if (n_alike < kLongText) std::printf("  other experts from token %zu on\n", n_alike);
    for (std::size_t token = 0; token < n_alike; ++token) {
        const auto row = [&](const Output& output) {
            return std::span(output.logits).subspan(token * model_->spec.n_vocab, model_->spec.n_vocab);
        };
        ASSERT_LE(test::normalized_squared_error(row(single), row(whole)), kLogitsError) << "token " << token;
    }
}

TEST_P(ReferenceTest, GivesTheSameBitsUnobserved) {
    const Output observed = run(*model_, tokens(), 16);
    const Output unobserved = run(*model_, tokens(), 16, /*is_observed=*/false);
    EXPECT_EQ(observed.logits, unobserved.logits);
}

TEST_P(ReferenceTest, AgreesAfterCutsAndAStop) {
    ThreadPool pool(2);
    std::stop_source stopped;
    stopped.request_stop();
    const std::size_t n_vocab = model_->spec.n_vocab;
    const std::size_t n_tokens = tokens().size();
    SequenceState state = SequenceState::create(model_->spec, kContext).value();
    Matrix<float> logits;
    ASSERT_TRUE(forward(*model_, state, tokens(), LogitsOf::LastToken, nullptr, pool, {}, logits));
    for (const std::size_t end : {n_tokens - 1, n_tokens - 1, n_tokens / 2, std::size_t{9}, std::size_t{0}}) {
        state.cut(end);
        const auto rest = tokens().subspan(end);
        EXPECT_FALSE(
            forward(*model_, state, rest, LogitsOf::EveryToken, nullptr, pool, stopped.get_token(), logits));
        EXPECT_EQ(state.n_tokens(), end);
        ASSERT_TRUE(forward(*model_, state, rest, LogitsOf::EveryToken, nullptr, pool, {}, logits));
        EXPECT_LE(test::normalized_squared_error(logits.values(),
                                                 expected_->floats("logits").subspan(end * n_vocab)),
                  allowed_error())
            << "from token " << end;
    }
}

TEST_P(ReferenceTest, ASnapshotBringsBackTheWholeState) {
    ThreadPool pool(2);
    const std::size_t half = tokens().size() / 2;
    SequenceState state = SequenceState::create(model_->spec, kContext).value();
    Matrix<float> logits;
    ASSERT_TRUE(
        forward(*model_, state, tokens().first(half), LogitsOf::LastToken, nullptr, pool, {}, logits));
    const SequenceState::Snapshot snapshot = state.snapshot();
    ASSERT_TRUE(forward(*model_, state, tokens().first(5), LogitsOf::LastToken, nullptr, pool, {}, logits));
    state.restore(snapshot);
    ASSERT_TRUE(
        forward(*model_, state, tokens().subspan(half), LogitsOf::EveryToken, nullptr, pool, {}, logits));
    const auto expected = expected_->floats("logits").subspan(half * model_->spec.n_vocab);
    EXPECT_LE(test::normalized_squared_error(logits.values(), expected), allowed_error());
}

std::string test_name(const testing::TestParamInfo<std::string>& param) {
    std::string name = param.param;
    std::ranges::replace_if(
        name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(
    Models, ReferenceTest,
    testing::Values(
        "families/qwen3moe-f16", "families/qwen3moe-f32", "families/qwen3moe-tied-f16", "families/olmoe-f16",
        "families/olmoe-f32", "families/llama-f16", "families/llama-f32", "families/qwen2moe-f16",
        "families/qwen2moe-f32", "families/llama-dense-f16", "families/llama-dense-f32", "families/qwen3-f16",
        "families/qwen3-f32", "families/gpt-oss-f16", "families/gpt-oss-yarn-f16", "families/deepseek-f16",
        "families/deepseek2-v2lite-f16", "families/deepseek2-v2lite-old-f16", "families/deepseek2-v3-f16",
        "families/deepseek2-v3-nogroup-f16", "families/deepseek2-v3-noyarn-f16", "families/granitemoe-f16",
        "families/granitemoe-shared-f16", "families/glm4moe-f16", "families/glm4moe-qknorm-f16",
        "families/ernie4-5-moe-f16", "families/hunyuan-moe-f16", "families/minimax-m2-f16",
        "families/phimoe-f16", "families/bailingmoe-f16", "families/bailingmoe2-f16", "families/dbrx-f16",
        "families/smallthinker-f16", "families/smallthinker-swa-f16", "families/arctic-f16",
        "families/grok-f16", "families/grok-residual-f16", "families/llama4-f16", "families/qwen3next-f16",
        "families/qwen35moe-f16", "families/gemma4-f16", "families/gemma4-ple-f16",
        "families/gemma4-shared-f16", "quantizations/qwen3moe-BF16", "quantizations/qwen3moe-IQ4_NL",
        "quantizations/qwen3moe-IQ4_XS", "quantizations/qwen3moe-MXFP4_MOE", "quantizations/qwen3moe-Q2_K",
        "quantizations/qwen3moe-Q3_K_M", "quantizations/qwen3moe-Q4_0", "quantizations/qwen3moe-Q4_1",
        "quantizations/qwen3moe-Q4_K_M", "quantizations/qwen3moe-Q5_0", "quantizations/qwen3moe-Q5_1",
        "quantizations/qwen3moe-Q5_K_M", "quantizations/qwen3moe-Q6_K", "quantizations/qwen3moe-Q8_0"),
    test_name);

}  // namespace
}  // namespace moe
