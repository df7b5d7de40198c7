#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/tokenizer/split_text.h"

namespace moe {
namespace {

using test::split;

// The expectations follow from the published regular expressions, which split_rules.h quotes.

TEST(O200kSplitTest, EndsAWordWhereLowerCaseTurnsIntoUpperCase) {
    EXPECT_EQ(split("gpt-4o", "HTTPServer httpServer"), "HTTPServer| http|Server");
    EXPECT_EQ(split("gpt-4o", "ABC"), "ABC");
    EXPECT_EQ(split("gpt-4o", "aBCd"), "a|BCd");
    EXPECT_EQ(split("gpt-4o", "(foo)\tBar"), "(foo|)|\tBar");
}

TEST(O200kSplitTest, LettersWithoutCaseAndMarksGoWithBothCases) {
    EXPECT_EQ(split("gpt-4o", "中文abc"), "中文abc");
    EXPECT_EQ(split("gpt-4o", "abc中文"), "abc中文");
    EXPECT_EQ(split("gpt-4o", "A中BC"), "A中|BC");  // upper* gives 中 to lower+
    EXPECT_EQ(split("gpt-4o", "e\u0301A"), "e\u0301|A");
    EXPECT_EQ(split("gpt-4o", "\u0301A!"), "\u0301|A|!");  // the mark may lead, or be a word: the latter
    EXPECT_EQ(split("gpt-4o", "\u0301a"), "\u0301a");
}

TEST(O200kSplitTest, AWordTakesItsContraction) {
    EXPECT_EQ(split("gpt-4o", "It's WE'LL he'd"), "It's| WE'LL| he'd");
    EXPECT_EQ(split("gpt-4o", "'s"), "'s");
    EXPECT_EQ(split("gpt-4o", "x'y"), "x|'y");
}

TEST(O200kSplitTest, DigitsGoInThreesAndSymbolsTakeSlashes) {
    EXPECT_EQ(split("gpt-4o", "1234 5"), "123|4| |5");
    EXPECT_EQ(split("gpt-4o", "a!\n/\nb"), "a|!\n/\n|b");
    EXPECT_EQ(split("llama4", "a  \n b"), "a|  \n| b");
}

TEST(TekkenSplitTest, HasSingleDigitsAndNoContractions) {
    EXPECT_EQ(split("tekken", "It's 12"), "It|'s| |1|2");
    EXPECT_EQ(split("tekken", "aB!/\n"), "a|B|!/\n");
}

TEST(KimiSplitTest, KeepsChineseCharactersApart) {
    EXPECT_EQ(split("kimi-k2", "abc中文def"), "abc|中文|def");
    EXPECT_EQ(split("kimi-k2", " 中"), " |中");
    EXPECT_EQ(split("kimi-k2", "かな漢"), "かな|漢");
    EXPECT_EQ(split("kimi-k2", "!/\n/"), "!/\n|/");
    EXPECT_EQ(split("kimi-k2", "It's"), "It's");
}

TEST(Qwen35SplitTest, WordsContainMarks) {
    EXPECT_EQ(split("qwen35", "e\u0301a 12"), "e\u0301a| |1|2");
    EXPECT_EQ(split("qwen2", "e\u0301a"), "e|\u0301a");
    EXPECT_EQ(split("qwen35", "\u0301"), "\u0301");
    EXPECT_EQ(split("qwen35", "!\u0301"), "!\u0301");  // as the code point before a word
}

TEST(SeedSplitTest, SymbolsTakeNoLineEnds) {
    EXPECT_EQ(split("seed-coder", "a!\nb"), "a|!|\n|b");
    EXPECT_EQ(split("qwen2", "a!\nb"), "a|!\n|b");
}

TEST(ExaoneMoeSplitTest, WordsRunAcrossSingleSpaces) {
    EXPECT_EQ(split("exaone-moe", "to be or  not"), "to be or| | not");
    EXPECT_EQ(split("exaone-moe", "a !\n\n"), "a| !\n|\n");
    EXPECT_EQ(split("exaone-moe", "e\u0301 a "), "e\u0301 a| ");
}

TEST(DeepseekV3SplitTest, AppliesItsThreePatternsInTurn) {
    EXPECT_EQ(split("deepseek-v3", "a 1234"), "a| |123|4");
    EXPECT_EQ(split("deepseek-v3", "abc中文def"), "abc|中文|def");
    EXPECT_EQ(split("deepseek-v3", " 中"), " |中");
    EXPECT_EQ(split("deepseek-v3", "x.foo 'quoted'"), "x|.foo| '|quoted|'");
    EXPECT_EQ(split("deepseek-v3", "e\u0301!\n\n b"), "e\u0301|!\n\n| b");
    EXPECT_EQ(split("deepseek-v3", "\x01\x02"), "\x01\x02");  // no pattern matches these: what is between
}

}  // namespace
}  // namespace moe
