#include "engine/families/random_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/families/load_model.h"
#include "engine/model/forward.h"
#include "tests/support/paths.h"
#include "tests/support/routing_log.h"

namespace moe {
namespace {

using testing::HasSubstr;

/// Published parameter counts in billions (arXiv:2409.02060, arXiv:2505.09388, arXiv:2401.04088, and Qwen's
/// release of 2024-03-28), to their last digit.
struct PublishedSize {
    const char* preset;
    double billions;
    double rounding;
};
constexpr PublishedSize kPublished[] = {{"olmoe-1b-7b", 6.9, 0.05},
                                        {"qwen3-30b-a3b", 30.5, 0.05},
                                        {"mixtral-8x7b", 46.7, 0.05},
                                        {"qwen1.5-moe-a2.7b", 14.3, 0.05}};

RandomModelSpec tiny(const std::string& architecture, const std::string& types) {
    RandomModelSpec spec = random_model_preset("tiny").value();
    spec.architecture = architecture;
    spec.types = weight_types_from_name(types).value();
    if (architecture == "qwen2moe") spec.d_ff_shared = 512;
    return spec;
}

class RandomModelTest : public testing::Test {
  protected:
    std::filesystem::path path() const { return folder_.path() / "random.gguf"; }
    Result<void> write(const RandomModelSpec& spec) { return write_random_model(path(), spec, {}, pool_); }
    std::string content() const {
        std::ifstream stream(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    /// Runs some tokens, expects finite logits that tell tokens apart, and returns the routing.
    test::RoutingLog expect_runs() {
        const auto model = load_model(path());
        EXPECT_TRUE(model.has_value()) << model.error().message;
        if (!model) return {};
        SequenceState state = SequenceState::create((*model)->spec, 64).value();
        test::RoutingLog routing;
        Matrix<float> logits;
        const std::vector<TokenId> tokens{1, 77, 3, 200, 256, 4, 5, 6, 90, 91};
        const auto done = forward(**model, state, tokens, LogitsOf::EveryToken, &routing, pool_, {}, logits);
        EXPECT_TRUE(done.has_value());
        double largest = 0.0;
        for (const float logit : logits.values()) {
            EXPECT_TRUE(std::isfinite(logit));
            largest = std::max(largest, std::abs(static_cast<double>(logit)));
        }
        EXPECT_GT(largest, 1.0);
        EXPECT_LT(largest, 10.0);  // of normal numbers, since the last norm makes them so
        return routing;
    }

    test::TemporaryFolder folder_;
    ThreadPool pool_{2};
};

TEST_F(RandomModelTest, EveryTypeOfWeightsLoadsAndRuns) {
    for (const std::string& types : weight_type_names()) {
        SCOPED_TRACE(types);
        const Result<void> done = write(tiny("qwen3moe", types));
        ASSERT_TRUE(done.has_value()) << done.error().message;
        expect_runs();
    }
}

TEST_F(RandomModelTest, EveryArchitectureLoadsAndRunsAndUsesManyExperts) {
    for (const std::string architecture : {"llama", "olmoe", "qwen2moe", "qwen3moe"}) {
        SCOPED_TRACE(architecture);
        const Result<void> done = write(tiny(architecture, "Q4_K_M"));
        ASSERT_TRUE(done.has_value()) << done.error().message;
        const test::RoutingLog routing = expect_runs();
        ASSERT_EQ(routing.layers.size(), 2u);
        for (const auto& layer : routing.layers) {
            EXPECT_GE(std::set(layer.experts.begin(), layer.experts.end()).size(), 4u);
        }
    }
}

TEST_F(RandomModelTest, FollowsTheSeedAndNotTheThreads) {
    RandomModelSpec spec = tiny("olmoe", "Q4_K_M");
    ASSERT_TRUE(write(spec).has_value());
    const std::string first = content();
    ThreadPool one(1);
    ASSERT_TRUE(write_random_model(path(), spec, {}, one).has_value());
    EXPECT_EQ(content(), first);
    spec.seed = 2;
    ASSERT_TRUE(write(spec).has_value());
    EXPECT_NE(content(), first);
    EXPECT_EQ(content().size(), first.size());
}

TEST_F(RandomModelTest, MixesTypesAsQuantizersDo) {
    RandomModelSpec spec = tiny("qwen3moe", "Q4_K_M");
    spec.n_layers = 8;
    ASSERT_TRUE(write(spec).has_value());
    const GgufReader file = GgufReader::open(path()).value();
    std::string down;
    for (std::size_t layer = 0; layer < 8; ++layer) {
        const GgufTensor* const tensor = file.find_tensor(fmt::format("blk.{}.ffn_down_exps.weight", layer));
        down += tensor->type == BlockType::Q6_K ? '6' : '4';
    }
    EXPECT_EQ(down, "64464466");  // the first and last eighth, and each third between
    EXPECT_EQ(file.find_tensor("output.weight")->type, BlockType::Q6_K);
    EXPECT_EQ(file.find_tensor("token_embd.weight")->type, BlockType::Q4_K);
    EXPECT_EQ(file.find_tensor("blk.0.ffn_gate_inp.weight")->type, BlockType::F32);
}

TEST_F(RandomModelTest, TakesSmallerBlocksWhereRowsAreShort) {
    RandomModelSpec spec = tiny("qwen3moe", "Q4_K_M");
    spec.d_ff = 96;
    ASSERT_TRUE(write(spec).has_value());
    EXPECT_EQ(GgufReader::open(path()).value().find_tensor("blk.0.ffn_down_exps.weight")->type,
              BlockType::Q5_0);
    spec.d_ff = 40;
    ASSERT_TRUE(write(spec).has_value());
    EXPECT_EQ(GgufReader::open(path()).value().find_tensor("blk.0.ffn_down_exps.weight")->type,
              BlockType::F16);
    expect_runs();
}

TEST_F(RandomModelTest, PresetsHaveThePublishedNumberOfParameters) {
    for (const PublishedSize& published : kPublished) {
        SCOPED_TRACE(published.preset);
        const RandomModelSpec spec = random_model_preset(published.preset).value();
        const double n_parameters = static_cast<double>(count_parameters(spec).value());
        EXPECT_NEAR(n_parameters / 1e9, published.billions, published.rounding);
    }
}

TEST_F(RandomModelTest, RefusesWhatDoesNotFit) {
    const auto refusal = [this](void (*change)(RandomModelSpec&)) {
        RandomModelSpec spec = tiny("qwen3moe", "F16");
        change(spec);
        const Result<void> done = write(spec);
        EXPECT_FALSE(done.has_value());
        return done ? std::string() : done.error().message;
    };
    EXPECT_THAT(refusal([](RandomModelSpec& s) { s.architecture = "bert"; }), HasSubstr("'bert'"));
    EXPECT_THAT(refusal([](RandomModelSpec& s) { s.n_layers = 0; }), HasSubstr("number of layers is 0"));
    EXPECT_THAT(refusal([](RandomModelSpec& s) { s.top_k = 9; }), HasSubstr("is 9; choose 1 to 8"));
    EXPECT_THAT(refusal([](RandomModelSpec& s) { s.n_kv_heads = 3; }), HasSubstr("do not divide"));
    EXPECT_THAT(refusal([](RandomModelSpec& s) { s.d_head = 63; }), HasSubstr("even"));
    EXPECT_THAT(refusal([](RandomModelSpec& s) { s.d_ff_shared = 8; }), HasSubstr("no shared expert"));
    EXPECT_THAT(refusal([](RandomModelSpec& s) { s.n_experts = 1025; }), HasSubstr("1 to 1024"));
    EXPECT_THAT(weight_types_from_name("IQ2_XXS").error().message, HasSubstr("choose one of F32, F16"));
    EXPECT_THAT(random_model_preset("gpt").error().message, HasSubstr("olmoe-1b-7b"));
}

}  // namespace
}  // namespace moe
