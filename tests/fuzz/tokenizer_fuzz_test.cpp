#include <gtest/gtest.h>

#include <array>

#include "engine/tokenizer/nfc.h"
#include "tests/engine/tokenizer/tiny_pieces.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"
#include "tests/fuzz/random_text.h"

namespace moe {
namespace {

constexpr std::size_t kTextsPerTokenizer = 3000;

TEST(TokenizerFuzzTest, AnyBytesGoInAndComeOut) {
    for (const char* pre : {"gpt-2", "llama-bpe", "qwen2", "qwen35", "deepseek-llm", "deepseek-v3", "refact",
                            "gpt-4o", "tekken", "kimi-k2", "exaone-moe", "seed-coder"}) {
        const test::TinyVocabulary vocabulary{
            .pre = pre,
            .merges = {"Ġ Ġ", "ĠĠ ĠĠ", "' s", "1 2", "12 3", "Ã ©", "a b", "e Ì"},
            .control = {"<|im_end|>"},
            .user_defined = {"ö", "<"}};
        const auto tokenizer = test::make_tokenizer(vocabulary.image());
        Rng rng(2);
        for (std::size_t i = 0; i < kTextsPerTokenizer; ++i) {
            const std::string text = test::random_text(rng);
            const auto ids = tokenizer->encode(text, {.add_bos = false, .parse_special = i % 2 == 0});
            const std::string decoded = decode(*tokenizer, ids);
            if (std::string(pre).starts_with("qwen")) {
                // Special tokens are taken out first, so that nothing composes across them.
                ASSERT_EQ(normalize_nfc(decoded), normalize_nfc(text)) << pre << " " << i;
            } else {
                ASSERT_EQ(decoded, text) << pre << " " << i;
            }
        }
    }
}

TEST(TokenizerFuzzTest, AnyBytesGoThroughPiecesToo) {
    for (const char* model : {"llama", "gemma4"}) {
        const test::TinyPieces pieces{
            .model = model,
            .pieces = {"▁", "▁▁", "▁a", "a", "b", "ab", "a▁b", "'", "s", "'s", "中", "\n", "\n\n", "\xFF"},
            .user_defined = {"<", "ö"},
            .merges = {"▁ ▁", "▁ a", "a b", "' s", "\n \n"}};
        test::GgufImage image = pieces.image();
        image.number<std::uint8_t>("tokenizer.ggml.add_space_prefix", test::GgufType::Bool, 0);
        const auto tokenizer = test::make_tokenizer(image);
        Rng rng(3);
        for (std::size_t i = 0; i < kTextsPerTokenizer; ++i) {
            const std::string text = test::random_text(rng);
            const auto ids = tokenizer->encode(text, {.add_bos = false, .parse_special = i % 2 == 0});
            ASSERT_EQ(decode(*tokenizer, ids), text) << model << " " << i;
        }
    }
}

TEST(TokenizerFuzzTest, MalformedPieceVocabulariesAreRefusedOrUsable) {
    Rng rng(4);
    for (std::size_t i = 0; i < 300; ++i) {
        test::TinyPieces pieces{.model = rng.below(2) == 0 ? "llama" : "gemma4",
                                .pieces = {"▁", "a", "b", "ab"},
                                .merges = {"a b"}};
        for (std::string& piece : pieces.pieces) {
            if (rng.below(3) == 0) piece = test::random_text(rng);
        }
        if (rng.below(3) == 0) pieces.merges.push_back(test::random_text(rng));
        std::string file = pieces.image().bytes();
        // Some bytes of the description go bad; the reader or the tokenizer refuses, or both bear it.
        for (std::size_t n_bad = rng.below(3); n_bad > 0; --n_bad) {
            file[rng.below(file.size())] = static_cast<char>(rng.next());
        }
        const Result<GgufReader> reader = GgufReader::from_bytes(test::as_bytes(file), "tokenizer.gguf");
        if (!reader.has_value()) continue;
        const auto tokenizer = create_tokenizer(reader->metadata());
        if (!tokenizer.has_value()) continue;
        for (const TokenId id : (*tokenizer)->encode(test::random_text(rng), {})) {
            ASSERT_GE(id, 0);
            ASSERT_LT(static_cast<std::size_t>(id), (*tokenizer)->n_vocab());
        }
    }
}

TEST(TokenizerFuzzTest, MalformedByteVocabulariesAreRefusedOrUsable) {
    Rng rng(6);
    for (std::size_t i = 0; i < 300; ++i) {
        test::TinyVocabulary vocabulary{
            .merges = {"a b", "Ġ a"}, .control = {"<|im_end|>"}, .user_defined = {"<|x|>"}};
        if (rng.below(2) == 0) vocabulary.control.push_back(test::random_text(rng));
        if (rng.below(2) == 0) vocabulary.user_defined.push_back(test::random_text(rng));
        test::GgufImage image = vocabulary.image();
        const std::array<std::string_view, 3> keys = {
            "tokenizer.ggml.eos_token_id", "tokenizer.ggml.bos_token_id", "tokenizer.ggml.eot_token_id"};
        image.number<std::uint32_t>(keys[rng.below(keys.size())], test::GgufType::U32,
                                    static_cast<std::uint32_t>(rng.below(280)));
        image.text("tokenizer.chat_template", test::random_text(rng) + "<|im_start|>");
        std::string file = image.bytes();
        for (std::size_t n_bad = rng.below(3); n_bad > 0; --n_bad) {
            file[rng.below(file.size())] = static_cast<char>(rng.next());
        }
        const Result<GgufReader> reader = GgufReader::from_bytes(test::as_bytes(file), "tokenizer.gguf");
        if (!reader.has_value()) continue;
        const auto tokenizer = create_tokenizer(reader->metadata());
        if (!tokenizer.has_value()) continue;
        for (const TokenId id : (*tokenizer)->encode(test::random_text(rng), {})) {
            ASSERT_GE(id, 0);
            ASSERT_LT(static_cast<std::size_t>(id), (*tokenizer)->n_vocab());
        }
    }
}

}  // namespace
}  // namespace moe
