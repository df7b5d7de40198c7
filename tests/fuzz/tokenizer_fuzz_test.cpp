#include <gtest/gtest.h>

#include "engine/base/rng.h"
#include "engine/tokenizer/nfc.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"

namespace moe {
namespace {

constexpr std::size_t kTextsPerTokenizer = 3000;

/// Bytes that are hard for a tokenizer: scraps of UTF-8, white space, apostrophes, special tokens, noise.
std::string random_text(Rng& rng) {
    static const std::vector<std::string> kScraps = {
        " ",           "  ",       "\n", "\r\n",       "\t",   "'",        "'s",   "'LL",
        "\u017F",      "a",        "Ab", "12345",      "!?",   "\u3000",   "é",    "e\u0301",
        "\u1100",      "\u1161",   "中", "ö",          "\xC3", "\xE2\x82", "\xFF", "\xF0\x9F\x91",
        "👩‍👧", "<|im_end", "|>", "<|im_end|>", "<",    "\u2028",
    };
    std::string text;
    const std::size_t n_parts = rng.below(24);
    for (std::size_t i = 0; i < n_parts; ++i) {
        if (rng.below(4) == 0) {
            text.push_back(static_cast<char>(rng.next()));
        } else {
            text += kScraps[rng.below(kScraps.size())];
        }
    }
    return text;
}

TEST(TokenizerFuzzTest, AnyBytesGoInAndComeOut) {
    for (const char* pre : {"gpt-2", "llama-bpe", "qwen2", "deepseek-llm", "refact"}) {
        const test::TinyVocabulary vocabulary{
            .pre = pre,
            .merges = {"Ġ Ġ", "ĠĠ ĠĠ", "' s", "1 2", "12 3", "Ã ©", "a b", "e Ì"},
            .control = {"<|im_end|>"},
            .user_defined = {"ö", "<"}};
        const auto tokenizer = test::make_tokenizer(vocabulary.image());
        Rng rng(2);
        for (std::size_t i = 0; i < kTextsPerTokenizer; ++i) {
            const std::string text = random_text(rng);
            const auto ids = tokenizer->encode(text, {.add_bos = false, .parse_special = i % 2 == 0});
            const std::string decoded = decode(*tokenizer, ids);
            if (std::string(pre) == "qwen2") {
                // Special tokens are taken out first, so that nothing composes across them.
                ASSERT_EQ(normalize_nfc(decoded), normalize_nfc(text)) << pre << " " << i;
            } else {
                ASSERT_EQ(decoded, text) << pre << " " << i;
            }
        }
    }
}

}  // namespace
}  // namespace moe
