#include <gtest/gtest.h>

#include "engine/tokenizer/nfc.h"
#include "tests/engine/tokenizer/tiny_pieces.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"
#include "tests/support/paths.h"

namespace moe {
namespace {

const std::vector<std::string>& texts() {
    static const std::vector<std::string> kTexts = {
        "",
        "a",
        " ",
        "\n",
        std::string(1, '\0'),
        "Once upon a time, there was a little robot.\n\nIt couldn't sleep!  ",
        "def f(x):\n\treturn x ** 2  # 3.14159\r\n",
        "naïve Straße, Łódź, Ångström",
        "Привет, как дела?",
        "مرحبا بالعالم",
        "नमस्ते दुनिया",
        "你好，世界！カタカナ",
        "안녕하세요 세계",
        "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪",
        "e\u0301 A\u030A \u1100\u1161\u11A8 s\u0307\u0323",  // not in NFC
        "\xFF\xFE broken \xC3( \xE2\x82 \xED\xA0\x80 utf-8\x80",
        "<|endoftext|>",
        "<|im_start|>user\nHi<|im_end|>\n",
    };
    return kTexts;
}

void expect_round_trip(const Tokenizer& tokenizer, const std::string& text, bool normalizes) {
    const std::string expected = normalizes ? normalize_nfc(text) : text;
    for (const bool parse_special : {false, true}) {
        const auto ids = tokenizer.encode(text, {.add_bos = false, .parse_special = parse_special});
        EXPECT_EQ(decode(tokenizer, ids), expected);
    }
}

TEST(RoundTripTest, TheEmbeddedModelGivesEveryTextBackInNfc) {
    const Result<GgufReader> reader = GgufReader::open(test::asset_file("models/early-d192-l6.gguf"));
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const auto tokenizer = create_tokenizer(reader->metadata());
    ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
    for (const std::string& text : texts()) expect_round_trip(**tokenizer, text, /*normalizes=*/true);

    // What its file says of special tokens.
    EXPECT_EQ((*tokenizer)->encode("", {}), std::vector<TokenId>{0});
    EXPECT_EQ((*tokenizer)->encode("<|im_end|>", {.add_bos = false}), std::vector<TokenId>{2});
    EXPECT_TRUE((*tokenizer)->is_end(0));
    EXPECT_TRUE((*tokenizer)->is_end(2));
    EXPECT_FALSE((*tokenizer)->is_end(1));
}

TEST(RoundTripTest, EveryPretokenizerGivesEveryTextBack) {
    for (const char* pre : {"gpt-2", "llama-bpe", "qwen2", "qwen35", "deepseek-llm", "deepseek-v3", "refact",
                            "gpt-4o", "tekken", "kimi-k2", "exaone-moe", "seed-coder"}) {
        const test::TinyVocabulary vocabulary{.pre = pre,
                                              .merges = {"Ġ t", "i n", "Ã ©", "ä ½", "ä½ ł"},
                                              .control = {"<|endoftext|>", "<|im_end|>"},
                                              .user_defined = {"ö", "\n\n"}};
        const auto tokenizer = test::make_tokenizer(vocabulary.image());
        for (const std::string& text : texts())
            expect_round_trip(*tokenizer, text, std::string(pre).starts_with("qwen"));
    }
}

TEST(RoundTripTest, ThePublishersVocabulariesGiveEveryTextBack) {
    for (const char* name : {"qwen3", "gpt-2", "gpt-oss", "deepseek-llm", "deepseek-v3", "refact"}) {
        const auto path = test::shared_file(std::string("refs/tokenizers/") + name + ".gguf");
        if (!path) GTEST_SKIP() << "the reference vocabularies are not on this machine";
        const Result<GgufReader> reader = GgufReader::open(*path);
        ASSERT_TRUE(reader.has_value()) << reader.error().message;
        const auto tokenizer = create_tokenizer(reader->metadata());
        ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
        const bool has_all_bytes = std::string(name) == "qwen3" || std::string(name).starts_with("gpt");
        for (const std::string& text : texts()) {
            if (!has_all_bytes && text.find('\xFF') != std::string::npos) continue;
            expect_round_trip(**tokenizer, text, std::string(name) == "qwen3");
        }
    }
}

TEST(RoundTripTest, SentencePieceGivesEveryTextBackWithASpaceInFront) {
    for (const char* name : {"llama-spm", "phi-3"}) {
        const auto path = test::shared_file(std::string("refs/tokenizers/") + name + ".gguf");
        if (!path) GTEST_SKIP() << "the reference vocabularies are not on this machine";
        const Result<GgufReader> reader = GgufReader::open(*path);
        ASSERT_TRUE(reader.has_value()) << reader.error().message;
        const auto tokenizer = create_tokenizer(reader->metadata());
        ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
        for (const std::string& text : texts()) {
            const auto ids = (*tokenizer)->encode(text, {.add_bos = false, .parse_special = false});
            EXPECT_EQ(decode(**tokenizer, ids), text.empty() ? "" : " " + text);
        }
    }
}

TEST(RoundTripTest, AMegabyteIsNoTrouble) {
    // All time is linear or n log n: one long word, white space that goes nowhere, digits, marks.
    const auto six_passes =
        test::make_tokenizer(test::TinyVocabulary{.pre = "deepseek-llm", .merges = {"a a", "aa aa"}}.image());
    const auto cased =
        test::make_tokenizer(test::TinyVocabulary{.pre = "gpt-4o", .merges = {"a a", "aa aa"}}.image());
    const test::TinyPieces pieces{.model = "gemma4", .pieces = {"a", "aa", "▁"}, .merges = {"a a"}};
    const auto gemma = test::make_tokenizer(pieces.image());
    for (const std::string& part :
         {std::string("a"), std::string(" "), std::string("\u2003"), std::string("A"), std::string("\u00AC "),
          std::string("7"), std::string("\u0301")}) {
        std::string text;
        while (text.size() < (1u << 20)) text += part;
        text += "x";
        for (const auto& tokenizer : {six_passes, cased, gemma}) {
            // Not EXPECT_EQ, which would print both.
            EXPECT_TRUE(decode(*tokenizer, tokenizer->encode(text, {.add_bos = false})) == text) << part;
        }
    }
}

}  // namespace
}  // namespace moe
