#include <gtest/gtest.h>

#include "engine/base/rng.h"
#include "engine/tokenizer/chat_template.h"
#include "engine/tokenizer/nfc.h"
#include "tests/engine/tokenizer/tiny_pieces.h"
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
            const std::string text = random_text(rng);
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
            const std::string text = random_text(rng);
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
            if (rng.below(3) == 0) piece = random_text(rng);
        }
        if (rng.below(3) == 0) pieces.merges.push_back(random_text(rng));
        std::string file = pieces.image().bytes();
        // Some bytes of the description go bad; the reader or the tokenizer refuses, or both bear it.
        for (std::size_t n_bad = rng.below(3); n_bad > 0; --n_bad) {
            file[rng.below(file.size())] = static_cast<char>(rng.next());
        }
        const Result<GgufReader> reader = GgufReader::from_bytes(test::as_bytes(file), "tokenizer.gguf");
        if (!reader.has_value()) continue;
        const auto tokenizer = create_tokenizer(reader->metadata());
        if (!tokenizer.has_value()) continue;
        for (const TokenId id : (*tokenizer)->encode(random_text(rng), {})) {
            ASSERT_GE(id, 0);
            ASSERT_LT(static_cast<std::size_t>(id), (*tokenizer)->n_vocab());
        }
    }
}

TEST(ChatTemplateFuzzTest, AnyTemplateAndAnyMessagesGiveBoundedText) {
    constexpr std::size_t kMaxFrameBytes = 512;  // what any format writes around a message, and its prefix
    static const std::vector<std::string> kMarks = {
        "<|im_start|>", "[INST]",  " [/INST]", "<<SYS>>", "<|start|>",    "<|channel|>", "<|message|>",
        "<|user|>",     "<|end|>", "<role>",   "{{",      "%}",           "eos_token",   "<start_of_turn>",
        "[gMASK]<sop>", "<|turn>", "<turn|>",  "]~b]",    "<|assistant|>"};
    Rng rng(5);
    for (std::size_t i = 0; i < kTextsPerTokenizer; ++i) {
        std::string jinja = random_text(rng);
        for (std::size_t n = rng.below(6); n > 0; --n)
            jinja += kMarks[rng.below(kMarks.size())] + random_text(rng);
        std::vector<ChatMessage> messages;
        std::size_t n_bytes = 0;
        for (std::size_t n = rng.below(5); n > 0; --n) {
            const std::vector<std::string> roles = {"system", "user", "assistant", random_text(rng)};
            messages.push_back({.role = roles[rng.below(roles.size())], .content = random_text(rng)});
            n_bytes += messages.back().content.size();
        }
        const std::string text = ChatTemplate::from_jinja(jinja).render(messages, i % 2 == 0);
        ASSERT_LE(text.size(), n_bytes + (messages.size() + 2) * kMaxFrameBytes);
    }
}

}  // namespace
}  // namespace moe
