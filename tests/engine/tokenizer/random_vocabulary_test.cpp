#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/engine/tokenizer/tiny_vocabulary.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

using nlohmann::json;
using test::GgufImage;
using test::GgufType;

GgufImage image_of(const json& vocabulary) {
    GgufImage image;
    image.text("tokenizer.ggml.model", vocabulary["model"].get<std::string>());
    image.text("tokenizer.ggml.pre", vocabulary["pre"].get<std::string>());
    image.texts("tokenizer.ggml.tokens", vocabulary["tokens"].get<std::vector<std::string>>());
    image.numbers("tokenizer.ggml.token_type", GgufType::I32,
                  vocabulary["types"].get<std::vector<std::int32_t>>());
    if (vocabulary.contains("scores"))
        image.numbers("tokenizer.ggml.scores", GgufType::F32, vocabulary["scores"].get<std::vector<float>>());
    if (vocabulary.contains("merges"))
        image.texts("tokenizer.ggml.merges", vocabulary["merges"].get<std::vector<std::string>>());
    image.number<std::uint32_t>("tokenizer.ggml.unknown_token_id", GgufType::U32, 0);
    image.number<std::uint32_t>("tokenizer.ggml.bos_token_id", GgufType::U32, 1);
    image.number<std::uint32_t>("tokenizer.ggml.eos_token_id", GgufType::U32, 2);
    for (const auto& [key, value] : vocabulary["flags"].items())
        image.number<std::uint8_t>(key, GgufType::Bool, value.get<bool>() ? 1 : 0);
    return image;
}

TEST(RandomVocabularyTest, GivesTheIdsOfLlamaCpp) {
    std::ifstream file(std::filesystem::path(MOE_SOURCE_DIR) / "tests/golden/tokenizers.json");
    const json golden = json::parse(file);
    ASSERT_GE(golden["vocabularies"].size(), 4u);
    for (const json& vocabulary : golden["vocabularies"]) {
        const auto tokenizer = test::make_tokenizer(image_of(vocabulary));
        for (const json& entry : vocabulary["cases"]) {
            const auto text = entry["text"].get<std::string>();
            EXPECT_EQ(tokenizer->encode(text, {.add_bos = entry["add_bos"].get<bool>(),
                                               .parse_special = entry["parse_special"].get<bool>()}),
                      entry["ids"].get<std::vector<TokenId>>())
                << vocabulary["model"] << ": " << text;
        }
    }
}

}  // namespace
}  // namespace moe
