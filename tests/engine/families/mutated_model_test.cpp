#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "engine/base/rng.h"
#include "engine/families/load_model.h"
#include "engine/model/forward.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace moe {
namespace {

constexpr std::size_t kMutants = 3000;

/// Loads a file image and, if it is accepted, runs three tokens. Any outcome but a crash is right.
bool loads(const std::string& bytes, ThreadPool& pool) {
    auto file = GgufReader::from_bytes(test::as_bytes(bytes), "mutant");
    if (!file) return false;
    const auto model = load_model(std::move(file).value(), "mutant");
    if (!model) return false;
    auto state = SequenceState::create((*model)->spec, 8);
    if (!state) return false;
    Matrix<float> logits;
    const std::vector<TokenId> tokens{1, 2, 3};
    const auto done = forward(**model, *state, tokens, LogitsOf::LastToken, nullptr, pool, {}, logits);
    return done.has_value();
}

TEST(MutatedModelTest, IsRefusedOrRunsButNeverCrashes) {
    ThreadPool pool(1);
    const std::string whole = test::TinyModel().bytes();
    const std::size_t header_bytes = whole.find(std::string(256, '\0'));  // about where the weights begin
    std::size_t n_loaded = 0;
    for (std::uint64_t seed = 0; seed < kMutants; ++seed) {
        Rng rng(seed);
        std::string mutant = whole;
        for (std::uint64_t n_changes = 1 + rng.below(3); n_changes > 0; --n_changes) {
            mutant[rng.below(header_bytes)] = static_cast<char>(rng.below(256));
        }
        if (loads(mutant, pool)) ++n_loaded;
    }
    EXPECT_GT(n_loaded, 0u);
    EXPECT_LT(n_loaded, kMutants / 2);
}

/// A model of each family; header bytes and shapes differ, so that each has mutants of its own.
class MutatedFamilyTest : public testing::TestWithParam<std::string> {};

TEST_P(MutatedFamilyTest, IsRefusedOrRunsButNeverCrashes) {
    constexpr std::size_t kFamilyMutants = 500;
    const auto path = test::reference_model("families/" + GetParam() + "-f16");
    if (!path) GTEST_SKIP() << "the reference models are not beside the checkout";
    std::ifstream stream(*path, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    const auto file = GgufReader::from_bytes(test::as_bytes(whole), "whole");
    ASSERT_TRUE(file);
    const std::size_t first_key = whole.find("general.architecture");
    const std::size_t first_weight =
        static_cast<std::size_t>((*file).tensors().front().bytes.data() - test::as_bytes(whole).data());
    ThreadPool pool(1);
    ASSERT_TRUE(loads(whole, pool));
    std::string mutant = whole;
    for (std::uint64_t seed = 0; seed < kFamilyMutants; ++seed) {
        Rng rng(seed);
        const std::size_t position = first_key + rng.below(first_weight - first_key);
        mutant[position] = static_cast<char>(seed % 2 == 0 ? rng.below(256) : rng.below(4));
        loads(mutant, pool);
        mutant[position] = whole[position];
    }
}

INSTANTIATE_TEST_SUITE_P(Families, MutatedFamilyTest,
                         testing::Values("arctic", "bailingmoe2", "dbrx", "deepseek2-v2lite-old",
                                         "deepseek2-v3", "ernie4-5-moe", "gemma4", "gemma4-ple", "gemma4-shared", "glm4moe",
                                         "gpt-oss-yarn", "granitemoe-shared", "grok-residual", "hunyuan-moe",
                                         "llama4", "minimax-m2", "phimoe", "qwen35moe", "qwen3next",
                                         "smallthinker-swa"));

}  // namespace
}  // namespace moe
