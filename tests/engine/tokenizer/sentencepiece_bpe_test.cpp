#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/engine/tokenizer/tiny_pieces.h"
#include "tests/engine/tokenizer/tiny_vocabulary.h"

namespace moe {
namespace {

using test::GgufImage;
using test::GgufType;
using test::make_tokenizer;
using test::TinyPieces;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr TokenId byte_id(unsigned char byte) { return TinyPieces::kFirstByte + byte; }
constexpr TokenId piece_id(int index) { return TinyPieces::kFirstPiece + index; }

GgufImage without_prefix(const TinyPieces& pieces) {
    GgufImage image = pieces.image();
    image.number<std::uint8_t>("tokenizer.ggml.add_space_prefix", GgufType::Bool, 0);
    return image;
}

std::vector<TokenId> encode_text(const Tokenizer& tokenizer, std::string_view text) {
    return tokenizer.encode(text, {.add_bos = false, .parse_special = false});
}

TEST(SentencePieceTest, MergesTheHighestScoreFirst) {
    const TinyPieces ab_first{.pieces = {"ab", "bc", "a", "b", "c"}};
    EXPECT_THAT(encode_text(*make_tokenizer(without_prefix(ab_first)), "abc"),
                ElementsAre(piece_id(0), piece_id(4)));
    const TinyPieces bc_first{.pieces = {"bc", "ab", "a", "b", "c"}};
    EXPECT_THAT(encode_text(*make_tokenizer(without_prefix(bc_first)), "abc"),
                ElementsAre(piece_id(2), piece_id(0)));
}

TEST(SentencePieceTest, MergesEqualScoresFromTheLeft) {
    const auto tokenizer = make_tokenizer(without_prefix(TinyPieces{.pieces = {"aa", "a"}}));
    EXPECT_THAT(encode_text(*tokenizer, "aaa"), ElementsAre(piece_id(0), piece_id(1)));
}

TEST(SentencePieceTest, TextsThatAreNoTokensAloneMayMerge) {
    const auto tokenizer = make_tokenizer(without_prefix(TinyPieces{.pieces = {"xy"}}));
    EXPECT_THAT(encode_text(*tokenizer, "xyx"), ElementsAre(piece_id(0), byte_id('x')));
}

TEST(SentencePieceTest, PutsASpaceInFrontWhereTheFileAsksForIt) {
    const TinyPieces pieces{.pieces = {"▁a", "▁", "a"}, .user_defined = {"<tool>"}};
    const auto with = make_tokenizer(pieces.image());
    EXPECT_THAT(encode_text(*with, "a"), ElementsAre(piece_id(0)));
    EXPECT_THAT(encode_text(*with, "a<tool>a"), ElementsAre(piece_id(0), piece_id(3), piece_id(0)));
    EXPECT_THAT(encode_text(*with, ""), ElementsAre());
    EXPECT_EQ(decode(*with, encode_text(*with, "a a")), " a a");
    const auto without = make_tokenizer(without_prefix(pieces));
    EXPECT_THAT(encode_text(*without, "a a"), ElementsAre(piece_id(2), piece_id(0)));
}

TEST(SentencePieceTest, WhatIsNoTokenFallsBackToBytes) {
    const auto tokenizer = make_tokenizer(without_prefix(TinyPieces{.pieces = {"a"}}));
    EXPECT_THAT(encode_text(*tokenizer, "é\n\xFF"),
                ElementsAre(byte_id(0xC3), byte_id(0xA9), byte_id('\n'), byte_id(0xFF)));
    EXPECT_EQ(tokenizer->bytes(byte_id('\n')), "\n");
    EXPECT_EQ(tokenizer->bytes(byte_id(0xFF)), "\xFF");
    EXPECT_EQ(tokenizer->bytes(byte_id(0)), std::string_view("\0", 1));
}

TEST(SentencePieceTest, MergesAcrossSpacesWhereAPieceHasOneInside) {
    const auto tokenizer = make_tokenizer(without_prefix(TinyPieces{.pieces = {"a▁b", "a▁", "a", "▁", "b"}}));
    EXPECT_THAT(encode_text(*tokenizer, "a b"), ElementsAre(piece_id(0)));
}

TEST(SentencePieceTest, ReadsControlTokensOnlyWhenAsked) {
    const TinyPieces pieces{.pieces = {"<s", "<", "s", ">"}};
    const auto tokenizer = make_tokenizer(without_prefix(pieces));
    EXPECT_THAT(tokenizer->encode("<s>", {.add_bos = false}), ElementsAre(1));
    // Not by way of merges either: "<s" and ">" together are the text of a control token.
    EXPECT_THAT(encode_text(*tokenizer, "<s>"), ElementsAre(piece_id(0), piece_id(3)));
}

TEST(SentencePieceTest, WhatEndsATextIsAControlTokenWhateverTheFileCallsIt) {
    // Phi-3's files call </s> user-defined. llama.cpp (34af94cd9) reads it as text there, too.
    const TinyPieces pieces{.pieces = {"<", "/", "s", ">"}};
    std::vector<std::int32_t> types = pieces.types();
    types[2] = 4;
    GgufImage image;
    image.text("tokenizer.ggml.model", "llama").texts("tokenizer.ggml.tokens", pieces.tokens());
    image.numbers("tokenizer.ggml.token_type", GgufType::I32, types)
        .numbers("tokenizer.ggml.scores", GgufType::F32, pieces.scores())
        .number<std::uint8_t>("tokenizer.ggml.add_space_prefix", GgufType::Bool, 0);
    const auto tokenizer = make_tokenizer(image);
    EXPECT_THAT(encode_text(*tokenizer, "</s>"),
                ElementsAre(piece_id(0), piece_id(1), piece_id(2), piece_id(3)));
    EXPECT_THAT(tokenizer->encode("</s>", {.add_bos = false}), ElementsAre(2));
    EXPECT_TRUE(tokenizer->is_end(2));
}

TEST(SentencePieceTest, RolesHaveTheDefaultsOfLlama) {
    const TinyPieces pieces;
    GgufImage image;
    image.text("tokenizer.ggml.model", "llama").texts("tokenizer.ggml.tokens", pieces.tokens());
    image.numbers("tokenizer.ggml.token_type", GgufType::I32, pieces.types())
        .numbers("tokenizer.ggml.scores", GgufType::F32, pieces.scores());
    const auto tokenizer = make_tokenizer(image);
    EXPECT_EQ(tokenizer->bos(), 1);
    EXPECT_TRUE(tokenizer->adds_bos());
    EXPECT_TRUE(tokenizer->is_end(2));
    EXPECT_THAT(tokenizer->encode("", {}), ElementsAre(1));
}

TEST(SentencePieceTest, Phi3TokensTakeTheWhiteSpaceAfterThem) {
    const TinyPieces pieces{.pieces = {"a"}, .user_defined = {"<|user|>", "<|endoftext|>"}};
    GgufImage image = without_prefix(pieces);
    image.text("general.architecture", "phimoe");
    const auto tokenizer = make_tokenizer(image);
    EXPECT_THAT(encode_text(*tokenizer, "<|user|> \n\ta"), ElementsAre(piece_id(1), piece_id(0)));
    EXPECT_THAT(encode_text(*tokenizer, "<|user|>\n"), ElementsAre(piece_id(1)));
    EXPECT_THAT(tokenizer->encode("<|endoftext|>\n", {.add_bos = false}),
                ElementsAre(piece_id(2), byte_id('\n')));
    EXPECT_THAT(encode_text(*make_tokenizer(without_prefix(pieces)), "<|user|>\n"),
                ElementsAre(piece_id(1), byte_id('\n')));
}

TEST(Utf8BpeTest, MergesByRankWithinLines) {
    const TinyPieces pieces{.model = "gemma4",
                            .pieces = {"a", "b", "▁", "▁a", "ab", "\n", "\n\n", "a\n"},
                            .merges = {"a b", "▁ a", "\n \n", "a \n"}};
    const auto tokenizer = make_tokenizer(pieces.image());
    EXPECT_THAT(encode_text(*tokenizer, "ab ab"), ElementsAre(piece_id(4), piece_id(2), piece_id(4)));
    EXPECT_THAT(encode_text(*tokenizer, "a a"), ElementsAre(piece_id(0), piece_id(3)));
    EXPECT_THAT(encode_text(*tokenizer, "a\nb"), ElementsAre(piece_id(0), piece_id(5), piece_id(1)));
    EXPECT_THAT(encode_text(*tokenizer, "\n\n"), ElementsAre(piece_id(6)));
    EXPECT_THAT(encode_text(*tokenizer, "\n\n\n"), ElementsAre(piece_id(6), piece_id(5)));
}

TEST(Utf8BpeTest, FallsBackToBytesAndBeginsWithBos) {
    const auto tokenizer = make_tokenizer(TinyPieces{.model = "gemma4", .pieces = {"a"}}.image());
    EXPECT_THAT(encode_text(*tokenizer, "é"), ElementsAre(byte_id(0xC3), byte_id(0xA9)));
    EXPECT_THAT(tokenizer->encode("a", {}), ElementsAre(1, piece_id(0)));
    EXPECT_EQ(decode(*tokenizer, encode_text(*tokenizer, "a \xFF é")), "a \xFF é");
}

std::string refusal(const GgufImage& image) {
    const auto made = test::tokenizer_from(image);
    return made.has_value() ? "accepted" : made.error().message;
}

GgufImage description(const std::vector<std::string>& tokens, const std::vector<std::int32_t>& types,
                      const std::vector<float>& scores) {
    GgufImage image;
    image.text("tokenizer.ggml.model", "llama").texts("tokenizer.ggml.tokens", tokens);
    image.numbers("tokenizer.ggml.token_type", GgufType::I32, types)
        .numbers("tokenizer.ggml.scores", GgufType::F32, scores);
    return image;
}

TEST(MalformedPiecesTest, RefusesScoresThatDoNotFit) {
    const TinyPieces good{.pieces = {"a"}};
    EXPECT_EQ(refusal(description(good.tokens(), good.types(), good.scores())), "accepted");
    EXPECT_THAT(refusal(description(good.tokens(), good.types(), {1.0f})),
                HasSubstr("1 elements for 260 tokens"));
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        std::vector<float> scores = good.scores();
        scores[5] = bad;
        EXPECT_THAT(refusal(description(good.tokens(), good.types(), scores)), HasSubstr("element 5"));
    }
    EXPECT_THAT(refusal(GgufImage().text("tokenizer.ggml.model", "llama")),
                HasSubstr("'tokenizer.ggml.tokens'"));
}

TEST(MalformedPiecesTest, AMissingByteNeedsAnUnknownToken) {
    const TinyPieces good;
    std::vector<std::string> tokens = good.tokens();
    tokens[TinyPieces::kFirstByte + 'A'] = "gone";
    GgufImage image = description(tokens, good.types(), good.scores());
    EXPECT_THAT(refusal(image), HasSubstr("byte 0x41"));
    image.number<std::uint32_t>("tokenizer.ggml.unknown_token_id", GgufType::U32, 0);
    const auto ids = encode_text(*make_tokenizer(image), "A");
    EXPECT_EQ(ids.back(), 0);
}

TEST(MalformedPiecesTest, RefusesAnUnknownTokenOutsideTheVocabulary) {
    GgufImage image = TinyPieces{}.image();
    image.number<std::uint32_t>("tokenizer.ggml.unknown_token_id", GgufType::U32, 259);
    EXPECT_THAT(refusal(image), HasSubstr("an integer from 0 to 258 is needed"));
}

TEST(MalformedPiecesTest, BearsEmptyAndStrangeTokens) {
    const TinyPieces pieces{.pieces = {"", "▁", "▁▁", "\xFF", "a\xFF", "<0x4>", "a", "a"}};
    const auto tokenizer = make_tokenizer(without_prefix(pieces));
    EXPECT_EQ(decode(*tokenizer, encode_text(*tokenizer, "a\xFF  a")), "a\xFF  a");
    EXPECT_EQ(tokenizer->bytes(piece_id(5)), "<0x4>");
    EXPECT_EQ(tokenizer->bytes(-1), "");
    EXPECT_EQ(tokenizer->bytes(99999), "");
}

}  // namespace
}  // namespace moe
