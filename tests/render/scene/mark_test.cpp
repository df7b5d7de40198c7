#include "render/scene/mark.h"

#include <gtest/gtest.h>

#include <string>

namespace moe::render {
namespace {

constexpr PixelRect kEverywhere{0, 0, 9, 9};

// The marks as text, one character a pixel; a pixel that two marks cover is a "2".
std::string picture(const Marks& marks, int width, int height) {
    std::string text;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            int n = 0;
            for (const Mark& mark : marks) n += mark.rect.contains(x, y) ? 1 : 0;
            text += n == 0 ? '.' : n == 1 ? '#' : '2';
        }
        text += '\n';
    }
    return text;
}

TEST(MarkTest, TrianglePointsUpAndStandsOnItsBottom) {
    Marks marks;
    add_triangle(marks, 3, 4, 7, Tip::Up, kEverywhere, kDarkTheme.dead);
    EXPECT_EQ(picture(marks, 7, 5),
              "...#...\n"
              "..###..\n"
              ".#####.\n"
              "#######\n"
              ".......\n");
}

TEST(MarkTest, DiamondIsCoveredOnceAndClipped) {
    Marks marks;
    add_diamond(marks, 2, 2, 5, kEverywhere, kDarkTheme.dead);
    EXPECT_EQ(picture(marks, 6, 6),
              "..#...\n"
              ".###..\n"
              "#####.\n"
              ".###..\n"
              "..#...\n"
              "......\n");
    marks.clear();
    add_diamond(marks, 0, 0, 3, kEverywhere, kDarkTheme.dead);
    EXPECT_EQ(picture(marks, 3, 2), "##.\n#..\n");
}

TEST(MarkTest, CrossIsCoveredOnce) {
    Marks marks;
    add_cross(marks, 2, 2, 5, 1, kEverywhere, kDarkTheme.dead);
    EXPECT_EQ(picture(marks, 5, 5),
              "#...#\n"
              ".#.#.\n"
              "..#..\n"
              ".#.#.\n"
              "#...#\n");
}

TEST(MarkTest, BoldCrossIsSymmetric) {
    Marks marks;
    add_cross(marks, 3, 3, 6, 2, kEverywhere, kDarkTheme.dead);
    EXPECT_EQ(picture(marks, 6, 6),
              "##..##\n"
              ".####.\n"
              "..##..\n"
              "..##..\n"
              ".####.\n"
              "##..##\n");
}

TEST(MarkTest, FrameLiesInsideItsRectangle) {
    Marks marks;
    add_frame(marks, {1, 1, 6, 4}, kEverywhere, 1, 1, kDarkTheme.accent);
    EXPECT_EQ(picture(marks, 8, 6),
              "........\n"
              "..####..\n"
              ".#....#.\n"
              ".#....#.\n"
              "..####..\n"
              "........\n");
}

TEST(MarkTest, ClipCutsAndNothingRemainsOfWhatIsOutside) {
    Marks marks;
    add_rect(marks, {-5, -5, 7, 7}, {0, 0, 4, 4}, kDarkTheme.bar);
    add_rect(marks, {10, 10, 3, 3}, {0, 0, 4, 4}, kDarkTheme.bar);
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_EQ(marks[0].rect, (PixelRect{0, 0, 2, 2}));
}

TEST(MarkTest, DashesEndWithTheirLine) {
    Marks marks;
    add_dashes(marks, {0, 0, 8, 1}, 3, 2, kEverywhere, kDarkTheme.bar);
    EXPECT_EQ(picture(marks, 9, 1), "###..###.\n");
}

}  // namespace
}  // namespace moe::render
