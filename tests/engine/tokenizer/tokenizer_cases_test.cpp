#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/gguf/gguf_reader.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

/// Texts and their ids from the publishers' tokenizers and llama.cpp.
class TokenizerCasesTest : public testing::TestWithParam<const char*> {};

TEST_P(TokenizerCasesTest, GivesTheIdsOfTheReference) {
    const std::string stem = std::string("refs/tokenizers/") + GetParam();
    const auto model_path = test::shared_file(stem + ".gguf");
    const auto cases_path = test::shared_file(stem + ".cases.json");
    if (!model_path || !cases_path) GTEST_SKIP() << "the reference " << stem << " is not on this machine";

    const Result<GgufReader> reader = GgufReader::open(*model_path);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const auto tokenizer = create_tokenizer(reader->metadata());
    ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;

    std::ifstream file(*cases_path);
    const nlohmann::json cases = nlohmann::json::parse(file)["cases"];
    ASSERT_GT(cases.size(), 40u);
    for (const auto& entry : cases) {
        const auto text = entry["text"].get<std::string>();
        const auto expected = entry["ids"].get<std::vector<TokenId>>();
        EXPECT_EQ((*tokenizer)->encode(text, {.add_bos = false, .parse_special = false}), expected) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(Publishers, TokenizerCasesTest,
                         testing::Values("qwen3", "gpt-2", "gpt-oss", "deepseek-llm", "deepseek-v3", "refact",
                                         "llama-spm", "phi-3"));

TEST(FamilyTokenizersTest, EveryFamilyHasItsTokenizer) {
    const auto folder = test::shared_file("refs/families");
    if (!folder) GTEST_SKIP() << "the reference families are not on this machine";
    std::size_t n_files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
        if (entry.path().extension() != ".gguf") continue;
        const Result<GgufReader> reader = GgufReader::open(entry.path());
        ASSERT_TRUE(reader.has_value()) << reader.error().message;
        const auto tokenizer = create_tokenizer(reader->metadata());
        EXPECT_TRUE(tokenizer.has_value()) << entry.path() << ": " << tokenizer.error().message;
        ++n_files;
    }
    EXPECT_GT(n_files, 20u);
}

}  // namespace
}  // namespace moe
