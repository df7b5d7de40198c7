#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/tokenizer/tiny_vocabulary.h"

namespace moe {
namespace {

using test::GgufImage;
using test::GgufType;
using test::make_tokenizer;
using test::TinyVocabulary;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(ByteBpeTest, MergesTheLowestRankFirst) {
    // 256: "ab", 257: "bc", 258: "abc".
    const auto tokenizer = make_tokenizer(TinyVocabulary{.merges = {"a b", "b c", "ab c"}}.image());
    EXPECT_THAT(tokenizer->encode("abc", {}), ElementsAre(258));
    EXPECT_THAT(tokenizer->encode("bcab", {}), ElementsAre(257, 256));
    EXPECT_THAT(tokenizer->encode("b", {}), ElementsAre('b'));
    EXPECT_THAT(tokenizer->encode("", {}), ElementsAre());

    // With "b c" first, "abc" is never reached.
    const auto other = make_tokenizer(TinyVocabulary{.merges = {"b c", "a b", "ab c"}}.image());
    EXPECT_THAT(other->encode("abc", {}), ElementsAre('a', 256));
}

TEST(ByteBpeTest, MergesEqualRanksFromTheLeft) {
    const auto tokenizer = make_tokenizer(TinyVocabulary{.merges = {"a a", "aa aa"}}.image());
    EXPECT_THAT(tokenizer->encode("aaa", {}), ElementsAre(256, 'a'));
    EXPECT_THAT(tokenizer->encode("aaaaaaa", {}), ElementsAre(257, 256, 'a'));
}

TEST(ByteBpeTest, NeverMergesAcrossWords) {
    const auto tokenizer = make_tokenizer(TinyVocabulary{.merges = {"a Ġ", "Ġ b"}}.image());
    EXPECT_THAT(tokenizer->encode("a b", {}), ElementsAre('a', 257));
}

TEST(ByteBpeTest, OfTwoEqualMergesTheFirstCounts) {
    GgufImage image;
    const TinyVocabulary vocabulary{.merges = {"a b", "b c"}};
    image.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
    image.texts("tokenizer.ggml.tokens", vocabulary.tokens());
    image.texts("tokenizer.ggml.merges", {"a b", "b c", "a b"});
    EXPECT_THAT(make_tokenizer(image)->encode("abc", {}), ElementsAre(256, 'c'));
}

TEST(ByteBpeTest, LlamaPrefersAWordThatIsAToken) {
    // The merges lead to "ab" + "c"; "abc" is a token that they cannot make ("a bc" has no "bc" to join).
    const std::vector<std::string> merges = {"a b", "b c", "a bc"};
    EXPECT_THAT(make_tokenizer(TinyVocabulary{.pre = "dbrx", .merges = merges}.image())->encode("abc", {}),
                ElementsAre(256, 'c'));
    EXPECT_THAT(
        make_tokenizer(TinyVocabulary{.pre = "llama-bpe", .merges = merges}.image())->encode("abc", {}),
        ElementsAre(258));
}

TEST(ByteBpeTest, ReadsControlTokensOnlyWhenAsked) {
    // 256: <|im_end|>, 257: <tool>.
    const auto tokenizer =
        make_tokenizer(TinyVocabulary{.control = {"<|im_end|>"}, .user_defined = {"<tool>"}}.image());
    EXPECT_THAT(tokenizer->encode("a<|im_end|>b", {.parse_special = true}), ElementsAre('a', 256, 'b'));
    EXPECT_EQ(tokenizer->encode("<|im_end|>", {.parse_special = false}).size(), 10u);
    EXPECT_THAT(tokenizer->encode("<tool>", {.parse_special = false}), ElementsAre(257));
    EXPECT_EQ(tokenizer->bytes(256), "<|im_end|>");
    EXPECT_TRUE(tokenizer->is_special(256));
    EXPECT_TRUE(tokenizer->is_special(257));
    EXPECT_FALSE(tokenizer->is_special('a'));
    EXPECT_FALSE(tokenizer->is_special(-1));
    EXPECT_FALSE(tokenizer->is_special(258));
}

TEST(ByteBpeTest, TheLongestSpecialTokenWinsAtEachPlace) {
    const auto tokenizer = make_tokenizer(TinyVocabulary{.control = {"<a", "<a><b", "><b>"}}.image());
    EXPECT_THAT(tokenizer->encode("<a><b>", {}), ElementsAre(257, '>'));
    EXPECT_THAT(tokenizer->encode("<a>", {}), ElementsAre(256, '>'));
    EXPECT_THAT(tokenizer->encode("<a<a", {}), ElementsAre(256, 256));
}

TEST(ByteBpeTest, PutsBosFirstWhereTheModelAsksForIt) {
    GgufImage image = TinyVocabulary{.control = {"<bos>"}}.image();
    image.number<std::uint32_t>("tokenizer.ggml.bos_token_id", GgufType::U32, 256);
    const auto without = make_tokenizer(image);
    EXPECT_EQ(without->bos(), 256);
    EXPECT_FALSE(without->adds_bos());
    EXPECT_THAT(without->encode("a", {.add_bos = true}), ElementsAre('a'));

    image.number<std::uint8_t>("tokenizer.ggml.add_bos_token", GgufType::Bool, 1);
    const auto with = make_tokenizer(image);
    EXPECT_TRUE(with->adds_bos());
    EXPECT_THAT(with->encode("", {.add_bos = true}), ElementsAre(256));
    EXPECT_THAT(with->encode("a", {.add_bos = false}), ElementsAre('a'));

    GgufImage llama = TinyVocabulary{.pre = "llama-bpe", .control = {"<bos>"}}.image();
    EXPECT_FALSE(make_tokenizer(llama)->adds_bos());  // there is none to add
    llama.number<std::uint32_t>("tokenizer.ggml.bos_token_id", GgufType::U32, 256);
    EXPECT_TRUE(make_tokenizer(llama)->adds_bos());
}

TEST(ByteBpeTest, KnowsWhatEndsAGeneration) {
    GgufImage image = TinyVocabulary{.control = {"<eos>", "<|im_end|>", "<other>", "<eot>"}}.image();
    image.number<std::uint32_t>("tokenizer.ggml.eos_token_id", GgufType::U32, 256);
    image.number<std::uint32_t>("tokenizer.ggml.eot_token_id", GgufType::U32, 259);
    const auto tokenizer = make_tokenizer(image);
    EXPECT_TRUE(tokenizer->is_end(256));  // named by the file
    EXPECT_TRUE(tokenizer->is_end(257));  // known by its text
    EXPECT_FALSE(tokenizer->is_end(258));
    EXPECT_TRUE(tokenizer->is_end(259));
    EXPECT_FALSE(tokenizer->is_end('a'));
    EXPECT_FALSE(tokenizer->is_end(-1));
}

TEST(ByteBpeTest, AnIdOutsideTheVocabularyHasNoBytes) {
    const auto tokenizer = make_tokenizer(TinyVocabulary{}.image());
    EXPECT_EQ(tokenizer->n_vocab(), 256u);
    EXPECT_EQ(tokenizer->bytes(255), "\xFF");
    EXPECT_EQ(tokenizer->bytes(256), "");
    EXPECT_EQ(tokenizer->bytes(-1), "");
    EXPECT_EQ(decode(*tokenizer, {'a', -7, 99999, 'b'}), "ab");
}

TEST(ByteBpeTest, TakesAReplacementForAByteWithoutAToken) {
    TinyVocabulary vocabulary;
    std::vector<std::string> tokens = vocabulary.tokens();
    tokens[0xFF] = "gone";
    GgufImage image;
    image.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
    image.texts("tokenizer.ggml.tokens", tokens).texts("tokenizer.ggml.merges", {});
    EXPECT_THAT(make_tokenizer(image)->encode("a\xFF", {}), ElementsAre('a', 0xEF, 0xBF, 0xBD));
}

std::string refusal(const GgufImage& image) {
    const auto tokenizer = test::tokenizer_from(image);
    return tokenizer.has_value() ? "accepted" : tokenizer.error().message;
}

/// A description with one part replaced.
GgufImage description(const std::vector<std::string>& tokens, const std::vector<std::int32_t>& types,
                      const std::vector<std::string>& merges) {
    GgufImage image;
    image.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
    image.texts("tokenizer.ggml.tokens", tokens).numbers("tokenizer.ggml.token_type", GgufType::I32, types);
    image.texts("tokenizer.ggml.merges", merges);
    return image;
}

TEST(ByteBpeTest, OnlyASpecialTokenEndsByItsText) {
    std::vector<std::string> tokens = TinyVocabulary{}.tokens();
    tokens.push_back("<|end|>");
    std::vector<std::int32_t> types(257, 1);
    EXPECT_FALSE(make_tokenizer(description(tokens, types, {}))->is_end(256));
    types[256] = 3;
    EXPECT_TRUE(make_tokenizer(description(tokens, types, {}))->is_end(256));
}

TEST(ByteBpeTest, GptOssGoesOnAfterAMessageEnds) {
    // 256: <|end|>, 257: <|return|>, 258: <|call|>.
    const auto tokenizer =
        make_tokenizer(TinyVocabulary{.control = {"<|end|>", "<|return|>", "<|call|>"}}.image());
    EXPECT_FALSE(tokenizer->is_end(256));
    EXPECT_TRUE(tokenizer->is_end(257));
    EXPECT_TRUE(tokenizer->is_end(258));
    EXPECT_TRUE(make_tokenizer(TinyVocabulary{.control = {"<|end|>"}}.image())->is_end(256));
}

TEST(ByteBpeTest, EncodesPartsAsOneText) {
    // 256: "ab", 257: <x>.
    const auto tokenizer = make_tokenizer(TinyVocabulary{.merges = {"a b"}, .control = {"<x>"}}.image());
    const std::vector<TextPart> parts = {{.text = "<x>a"}, {.text = "b<x>", .parse_special = false}};
    EXPECT_THAT(tokenizer->encode_parts(parts, /*add_bos=*/true), ElementsAre(257, 256, '<', 'x', '>'));
    EXPECT_THAT(tokenizer->encode_parts({}, /*add_bos=*/true), ElementsAre());
}

TEST(MalformedTokenizerTest, NamesWhatIsNotThereYet) {
    EXPECT_THAT(refusal(GgufImage()), HasSubstr("'tokenizer.ggml.model' is missing"));
    EXPECT_THAT(refusal(GgufImage().text("tokenizer.ggml.model", "t5")), HasSubstr("'t5' (Unigram)"));
    EXPECT_THAT(refusal(GgufImage().text("tokenizer.ggml.model", "x\ny")),
                HasSubstr("'x?y' is not there yet"));
}

TEST(ByteBpeTest, SplitsInTheUsualWayWhereTheFileNamesNoKnownOneAndSaysSo) {
    const std::vector<std::string> merges = {"1 2", "12 3", "a Ġ"};
    const auto known = make_tokenizer(TinyVocabulary{.pre = "default", .merges = merges}.image());
    EXPECT_EQ(known->notice(), "");
    EXPECT_THAT(known->encode("a 1234", {}), ElementsAre('a', ' ', 257, '4'));

    const auto unknown = make_tokenizer(TinyVocabulary{.pre = "x\ny", .merges = merges}.image());
    EXPECT_THAT(std::string(unknown->notice()), HasSubstr("'x?y', is not known"));
    EXPECT_EQ(unknown->encode("a 1234", {}), known->encode("a 1234", {}));

    GgufImage image;
    const TinyVocabulary plain{.merges = merges};
    image.text("tokenizer.ggml.model", "gpt2").texts("tokenizer.ggml.tokens", plain.tokens());
    image.texts("tokenizer.ggml.merges", merges);
    const auto unnamed = make_tokenizer(image);
    EXPECT_THAT(std::string(unnamed->notice()), HasSubstr("The file does not say"));
    EXPECT_EQ(unnamed->encode("a 1234", {}), known->encode("a 1234", {}));
}

TEST(MalformedTokenizerTest, RefusesArraysThatDoNotFit) {
    const TinyVocabulary good{.merges = {"a b"}};
    ASSERT_EQ(refusal(description(good.tokens(), good.types(), good.merges)), "accepted");
    EXPECT_THAT(refusal(description({}, {}, {})), HasSubstr("0 tokens"));
    EXPECT_THAT(refusal(description(good.tokens(), {1, 1}, good.merges)),
                HasSubstr("2 elements for 257 tokens"));
    for (const std::int32_t type : {0, 7, -1, 0x7FFFFFFF}) {
        std::vector<std::int32_t> types = good.types();
        types[9] = type;
        EXPECT_THAT(refusal(description(good.tokens(), types, {})), HasSubstr("known are 1 to 6"));
    }
    GgufImage narrow;  // numbers where texts are needed
    narrow.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
    narrow.numbers<std::int8_t>("tokenizer.ggml.tokens", GgufType::I8, {1, 2});
    EXPECT_THAT(refusal(narrow), HasSubstr("a list of texts is needed"));
}

TEST(MalformedTokenizerTest, AcceptsTypesOfAnyWidth) {
    const TinyVocabulary vocabulary{.control = {"<x>"}};
    std::vector<std::int8_t> types(256, 1);
    types.push_back(3);
    GgufImage image;
    image.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "gpt-2");
    image.texts("tokenizer.ggml.tokens", vocabulary.tokens())
        .numbers("tokenizer.ggml.token_type", GgufType::I8, types);
    image.texts("tokenizer.ggml.merges", {});
    EXPECT_TRUE(make_tokenizer(image)->is_special(256));
}

TEST(MalformedTokenizerTest, RefusesMergesThatMakeNoToken) {
    const TinyVocabulary good{.merges = {"a b"}};
    for (const char* merge : {"", " ", "a", "a ", "ab", "a b c", "a zz", "zz a", "b a"}) {
        EXPECT_THAT(refusal(description(good.tokens(), good.types(), {"a b", merge})),
                    HasSubstr("as number 1"))
            << merge;
    }
}

TEST(MalformedTokenizerTest, RefusesIdsOutsideTheVocabulary) {
    for (const char* key : {"bos_token_id", "eos_token_id", "eot_token_id", "eom_token_id"}) {
        GgufImage image = TinyVocabulary{}.image();
        image.number<std::uint32_t>(std::string("tokenizer.ggml.") + key, GgufType::U32, 256);
        EXPECT_THAT(refusal(image), HasSubstr("an integer from 0 to 255 is needed"));
    }
    GgufImage image = TinyVocabulary{}.image();
    image.text("tokenizer.ggml.add_bos_token", "yes");
    EXPECT_THAT(refusal(image), HasSubstr("true or false"));
}

TEST(MalformedTokenizerTest, RefusesAVocabularyWithoutAByteThatTextsHave) {
    std::vector<std::string> tokens = TinyVocabulary{}.tokens();
    tokens['A'] = "gone";
    EXPECT_THAT(refusal(description(tokens, TinyVocabulary{}.types(), {})), HasSubstr("byte 0x41"));
}

TEST(MalformedTokenizerTest, BearsEmptyAndEqualTokens) {
    std::vector<std::string> tokens = TinyVocabulary{}.tokens();
    std::vector<std::int32_t> types = TinyVocabulary{}.types();
    tokens.insert(tokens.end(), {"", "a", "", "<x>", "<x>"});
    types.insert(types.end(), {1, 1, 3, 4, 4});
    const auto tokenizer = make_tokenizer(description(tokens, types, {}));
    EXPECT_THAT(tokenizer->encode("a<x>", {}), ElementsAre('a', 259));  // of equal ones the lower id
    EXPECT_EQ(tokenizer->bytes(256), "");
}

}  // namespace
}  // namespace moe
