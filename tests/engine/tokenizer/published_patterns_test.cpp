#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/tokenizer/pretokenizer.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

// What the publishers' own regular expressions find, by a library for them; the file says how it was made.
TEST(PublishedPatternsTest, EveryRuleFindsTheWordsThatItsExpressionFinds) {
    std::ifstream file(std::filesystem::path(MOE_SOURCE_DIR) / "tests/golden/pretokenizers.json");
    const nlohmann::json golden = nlohmann::json::parse(file);
    const auto texts = golden["texts"].get<std::vector<std::string>>();
    ASSERT_GT(golden["rules"].size(), 20u);
    for (const auto& [name, rule] : golden["rules"].items()) {
        const Pretokenizer* const pretokenizer = find_pretokenizer(name);
        ASSERT_NE(pretokenizer, nullptr) << name;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            std::vector<std::size_t> sizes;
            for (const std::string_view word : split_words(*pretokenizer, texts[i]))
                sizes.push_back(word.size());
            EXPECT_EQ(sizes, rule["words"][i].get<std::vector<std::size_t>>()) << name << ": " << texts[i];
        }
    }
}

}  // namespace
}  // namespace moe
