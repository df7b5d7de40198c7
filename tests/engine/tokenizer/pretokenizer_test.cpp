#include "engine/tokenizer/pretokenizer.h"

#include <gtest/gtest.h>

#include "engine/tokenizer/deepseek_letters.h"
#include "tests/engine/tokenizer/split_text.h"

namespace moe {
namespace {

using test::split;

// The expectations follow from the published regular expressions, which split_rules.h quotes.

TEST(Gpt2SplitTest, KeepsOneSpaceWithItsWord) {
    EXPECT_EQ(split("gpt-2", "Hello world"), "Hello| world");
    EXPECT_EQ(split("gpt-2", "a  b"), "a| | b");
    EXPECT_EQ(split("gpt-2", "  a"), " | a");
    EXPECT_EQ(split("gpt-2", "a \n b"), "a| \n| b");
    EXPECT_EQ(split("gpt-2", "a   "), "a|   ");
    EXPECT_EQ(split("gpt-2", "a\tb"), "a|\t|b");
    EXPECT_EQ(split("gpt-2", "12ab!?\n"), "12|ab|!?|\n");
    EXPECT_EQ(split("gpt-2", " 12 -x"), " 12| -|x");
    EXPECT_EQ(split("gpt-2", " "), " ");
    EXPECT_EQ(split("gpt-2", ""), "");
}

TEST(Gpt2SplitTest, KnowsContractionsInLowerCaseOnly) {
    EXPECT_EQ(split("gpt-2", "it's they'll I'M we've"), "it|'s| they|'ll| I|'|M| we|'ve");
    EXPECT_EQ(split("gpt-2", "''s'"), "''|s|'");
    EXPECT_EQ(split("gpt-2", "'l"), "'|l");
    EXPECT_EQ(split("gpt-2", "'t"), "'t");
    EXPECT_EQ(split("gpt-2", " 's"), " '|s");
}

TEST(Gpt2SplitTest, ClassesAreThoseOfUnicode) {
    EXPECT_EQ(split("gpt-2", "ab\u00A0cd"), "ab|\u00A0|cd");  // no-break space is white space, not a space
    EXPECT_EQ(split("gpt-2", "x\u00B2y"), "x|\u00B2|y");      // superscript two is a number
    EXPECT_EQ(split("gpt-2", "e\u0301"), "e|\u0301");         // a mark is none of letter, number, space
    EXPECT_EQ(split("gpt-2",
                    "a\x1F"
                    "b"),
              "a|\x1F|b");  // a control character is no white space
    EXPECT_EQ(split("gpt-2", "\u200B"), "\u200B");
}

TEST(Gpt2SplitTest, InvalidBytesAreSymbols) {
    EXPECT_EQ(split("gpt-2", "a\xFF\xFE!b \x80"), "a|\xFF\xFE!|b| \x80");
}

TEST(Llama3SplitTest, SplitsNumbersInThrees) {
    EXPECT_EQ(split("llama-bpe", "1234567 89"), "123|456|7| |89");
    EXPECT_EQ(split("llama-bpe", "x12"), "x|12");
    EXPECT_EQ(split("llama-bpe", "12\u00BD4"), "12\u00BD|4");
}

TEST(Llama3SplitTest, ALetterRunTakesOneLeadingCharacterOfAlmostAnyKind) {
    EXPECT_EQ(split("llama-bpe", "Hello world"), "Hello| world");
    EXPECT_EQ(split("llama-bpe", "(foo)\tbar"), "(foo|)|\tbar");
    EXPECT_EQ(split("llama-bpe", "\nfoo"), "\n|foo");
    EXPECT_EQ(split("llama-bpe", "1foo"), "1|foo");
    EXPECT_EQ(split("llama-bpe", "...foo"), "...|foo");
    EXPECT_EQ(split("llama-bpe", " (foo"), " (|foo");
}

TEST(Llama3SplitTest, PunctuationTakesTheLineEndsAfterIt) {
    EXPECT_EQ(split("llama-bpe", "end.\n\nNext"), "end|.\n\n|Next");
    EXPECT_EQ(split("llama-bpe", "{ }\r\n x"), "{| }\r\n| x");
}

TEST(Llama3SplitTest, WhiteSpaceRunsToItsLastLineEnd) {
    EXPECT_EQ(split("llama-bpe", "a \n \n  b"), "a| \n \n| | b");
    EXPECT_EQ(split("llama-bpe", "a\n"), "a|\n");
    EXPECT_EQ(split("llama-bpe", "a  \t"), "a|  \t");
    EXPECT_EQ(split("llama-bpe", "a  1"), "a| | |1");
    EXPECT_EQ(split("llama-bpe", "a\n\n  "), "a|\n\n|  ");
}

TEST(Llama3SplitTest, KnowsContractionsInAnyCase) {
    EXPECT_EQ(split("llama-bpe", "I'M it's WE'LL you'Re"), "I|'M| it|'s| WE|'LL| you|'Re");
    EXPECT_EQ(split("llama-bpe", "'x"), "'x");
    EXPECT_EQ(split("llama-bpe", "it'\u017F"), "it|'\u017F");  // the long s is an s in another case
}

TEST(Qwen2SplitTest, SplitsNumbersDigitByDigit) {
    EXPECT_EQ(split("qwen2", "x 123.45"), "x| |1|2|3|.|4|5");
    EXPECT_EQ(split("qwen2", "It's\n"), "It|'s|\n");
}

TEST(StarcoderSplitTest, SplitsDigitsFirst) {
    // The digits are taken out before words are looked for, so that no space can go with them.
    EXPECT_EQ(split("refact", "a 12  3b"), "a| |1|2|  |3|b");
    EXPECT_EQ(split("refact", "it's 5"), "it|'s| |5");
}

TEST(DeepseekSplitTest, AppliesItsSixPatternsInTurn) {
    EXPECT_EQ(split("deepseek-llm", "Hello, world\r\n"), "Hello|,| world|\r|\n");
    EXPECT_EQ(split("deepseek-llm", "a   b"), "a|  | b");
    EXPECT_EQ(split("deepseek-llm", "x 12"), "x| |12");
    EXPECT_EQ(split("deepseek-llm", "今天weather。好"), "今天|weather|。|好");
    EXPECT_EQ(split("deepseek-llm", "abאב"), "ab|אב");
    EXPECT_EQ(split("deepseek-llm", "¬¬  "), "¬¬|  ");
    EXPECT_EQ(split("deepseek-llm", "¬ ¬"), "¬ ¬");
    EXPECT_EQ(split("deepseek-llm", "a\u3000b\u3000"),
              "a|\u3000|b|\u3000");  // first with b, then as punctuation
}

TEST(DeepseekSplitTest, AnIdeographicSpaceIsAWordOfItsOwn) {
    // [一-龥ࠀ-一가-퟿]+ has everything from U+0800 to U+4E00 in it, the ideographic space and the line
    // separator too, and takes them from the words that the passes before it made. llama.cpp (34af94cd9)
    // leaves them with the space in front.
    EXPECT_EQ(split("deepseek-llm", "== \u3000\nab"), "==| |\u3000|\n|ab");
    EXPECT_EQ(split("deepseek-llm", "a \u2028b"), "a| |\u2028|b");
}

TEST(DeepseekSplitTest, ListsLettersWithCase) {
    for (const char32_t c : {U'a', U'Z', U'é', U'Ж', U'ω', U'Ա', char32_t{0x212A}, char32_t{0x1E943}}) {
        EXPECT_TRUE(is_deepseek_letter(c)) << static_cast<std::uint32_t>(c);
    }
    for (const char32_t c :
         {U'@', U'[', U'1', U'ª', U'×', U'א', U'中', char32_t{0x1E944}, char32_t{0x10FFFF}}) {
        EXPECT_FALSE(is_deepseek_letter(c)) << static_cast<std::uint32_t>(c);
    }
}

TEST(PretokenizerTest, KnowsNamesAndAliases) {
    // What the files of the supported families name, and their aliases.
    for (const char* name :
         {"gpt-2",        "olmo",        "llama-bpe", "llama3",      "qwen2",      "qwen35",
          "deepseek-llm", "deepseek-v3", "refact",    "starcoder",   "bailingmoe", "bailingmoe2",
          "dbrx",         "hunyuan",     "glm4",      "chatglm-bpe", "gpt-4o",     "llama4",
          "minimax-m2",   "tekken",      "lfm2",      "grok-2",      "kimi-k2",    "exaone-moe",
          "megrez",       "afmoe",       "command-r", "default"}) {
        EXPECT_NE(find_pretokenizer(name), nullptr) << name;
    }
    EXPECT_EQ(find_pretokenizer(""), nullptr);
    EXPECT_EQ(find_pretokenizer("gpt-3"), nullptr);
}

}  // namespace
}  // namespace moe
