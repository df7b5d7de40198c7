#include "render/scene/text_width.h"

#include <gtest/gtest.h>

namespace moe::render {
namespace {

constexpr double kTolerance = 1e-9;

TEST(TextWidthTest, AddsUpTheLettersOfAMonospacedLine) {
    EXPECT_NEAR(text_width("12345", ChartFont::Digits), 5 * 6.6, kTolerance);
    EXPECT_NEAR(text_width("a\u00E9\u0436", ChartFont::Digits), 3 * 6.6, kTolerance) << "characters, not bytes";
    EXPECT_EQ(text_width("", ChartFont::Body), 0.0);
}

TEST(TextWidthTest, CutsBetweenCharactersAndNeverBeyondTheWidth) {
    const std::string text = "a\u00E9\u4E2D \U0001F600 tail of it";
    for (const ChartFont font : {ChartFont::Title, ChartFont::Digits}) {
        for (double width = 0; width < 200; width += 1) {
            const std::string cut = text_cut(text, font, width);
            EXPECT_LE(text_width(cut, font), width);
            if (cut == text) continue;
            EXPECT_TRUE(cut.empty() || cut.ends_with("\u2026")) << cut;
            const std::string head = cut.substr(0, cut.size() - std::min<std::size_t>(cut.size(), 3));
            EXPECT_TRUE(text.starts_with(head));
            EXPECT_TRUE(head.size() == text.size() || (static_cast<unsigned char>(text[head.size()]) & 0xC0) != 0x80);
        }
    }
    EXPECT_EQ(text_cut(text, ChartFont::Body, 1e6), text);
}

TEST(TextWidthTest, LinesHoldEveryWordInOrder) {
    const std::string text = "one two  three fourfourfour five";
    for (double width = 100; width < 300; width += 7) {
        std::string joined;
        for (const std::string& line : text_lines(text, ChartFont::Body, width)) {
            EXPECT_LE(text_width(line, ChartFont::Body), width);
            EXPECT_FALSE(line.starts_with(' '));
            joined += line;
        }
        std::erase(joined, ' ');
        EXPECT_EQ(joined, "onetwothreefourfourfourfive");
    }
    EXPECT_TRUE(text_lines("", ChartFont::Body, 100).empty());
    EXPECT_EQ(text_lines("word", ChartFont::Body, 3).size(), 0u) << "no room for a letter";
}

}  // namespace
}  // namespace moe::render
