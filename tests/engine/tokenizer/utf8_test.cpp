#include "engine/tokenizer/utf8.h"

#include <gtest/gtest.h>

#include "engine/tokenizer/byte_level.h"
#include "engine/tokenizer/nfc.h"

namespace moe {
namespace {

TEST(Utf8Test, EveryCodePointSurvivesTheWayToUtf8AndBack) {
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c < 0xE000) continue;
        std::string text;
        append_utf8(text, c);
        const DecodedCodePoint decoded = decode_utf8(text, 0);
        ASSERT_EQ(decoded.value, c);
        ASSERT_EQ(decoded.size_bytes, text.size());
    }
}

TEST(Utf8Test, TakesBytesThatAreNotWellFormedOneByOne) {
    // Unicode 15, table 3-7: well-formed byte sequences; each of these breaks it.
    for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xED\xA0\x80",
                            "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
        const DecodedCodePoint decoded = decode_utf8(bad, 0);
        EXPECT_EQ(decoded.value, kInvalidByte) << bad;
        EXPECT_EQ(decoded.size_bytes, 1u) << bad;
    }
}

TEST(ByteLevelTest, WritesBytesInTheLettersOfGpt2) {
    EXPECT_EQ(byte_level_letter('a'), U'a');
    EXPECT_EQ(byte_level_letter(' '), U'Ġ');
    EXPECT_EQ(byte_level_letter('\n'), U'Ċ');
    EXPECT_EQ(byte_level_letter(0xFF), U'ÿ');
    EXPECT_EQ(byte_level_letter(0xAD), char32_t{0x143});  // the last of the 68 that are not printable
}

TEST(ByteLevelTest, ReadsWhatItWrites) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        std::string letter;
        append_utf8(letter, byte_level_letter(static_cast<unsigned char>(byte)));
        EXPECT_EQ(bytes_from_byte_level(letter), std::string(1, static_cast<char>(byte)));
    }
    EXPECT_EQ(bytes_from_byte_level("Ġcaf"
                                    "\xC3\x83\xC2\xA9"),
              " caf\xC3\xA9");
}

TEST(ByteLevelTest, RefusesOtherLetters) {
    for (const char* text : {" ", "\n", "\xC5\x84", "｜", "\xC3", "\x7F"}) {
        EXPECT_EQ(bytes_from_byte_level(text), std::nullopt) << text;
    }
}

TEST(NfcTest, ComposesWhatUnicodeComposes) {
    // UAX #15, figures 3 to 5, and the Hangul example of its section 1.
    EXPECT_EQ(normalize_nfc("A\u030Angstro\u0308m"), "Ångström");
    EXPECT_EQ(normalize_nfc("\u212B"), "\u00C5");         // angstrom sign
    EXPECT_EQ(normalize_nfc("\uFB01"), "\uFB01");         // a ligature is no canonical equivalent
    EXPECT_EQ(normalize_nfc("s\u0307\u0323"), "\u1E69");  // marks are put in order first
    EXPECT_EQ(normalize_nfc("\u1100\u1161\u11A8"), "\uAC01");
    EXPECT_EQ(normalize_nfc("plain\ntext"), "plain\ntext");
}

TEST(NfcTest, KeepsBytesThatAreNotText) {
    EXPECT_EQ(normalize_nfc("e\xFF\u0301"), "e\xFF\u0301");
    EXPECT_EQ(normalize_nfc("\xC3"), "\xC3");
    EXPECT_EQ(normalize_nfc(std::string("\0e\u0301\xED\xA0\x80", 7)), std::string("\0é\xED\xA0\x80", 6));
    EXPECT_EQ(normalize_nfc(""), "");
}

}  // namespace
}  // namespace moe
