#include "render/export/png.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/paths.h"

namespace moe::render {
namespace {

RgbaImage gradient() {
    RgbaImage image{.width = 7, .height = 5, .rgba = {}};
    for (int i = 0; i < 35; ++i) {
        for (const int channel : {i * 7, 255 - i, i})
            image.rgba.push_back(static_cast<std::uint8_t>(channel));
        image.rgba.push_back(255);
    }
    return image;
}

TEST(PngTest, IsReadBackAsItWasWritten) {
    const test::TemporaryFolder folder;
    const RgbaImage image = gradient();
    ASSERT_TRUE(write_png(folder.path() / "a.png", image));
    const Result<RgbaImage> read = read_png(folder.path() / "a.png");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->width, 7);
    EXPECT_EQ(read->height, 5);
    EXPECT_EQ(read->rgba, image.rgba);
}

TEST(PngTest, SaysItIsSrgbAndNotWhenItWasMade) {
    const Result<std::string> bytes = png_bytes(gradient());
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->substr(1, 3), "PNG");
    EXPECT_NE(bytes->find("sRGB"), std::string::npos);
    EXPECT_EQ(bytes->find("tIME"), std::string::npos);
    EXPECT_EQ(*bytes, *png_bytes(gradient()));
}

TEST(PngTest, MakesPremultipliedAlphaStraight) {
    const test::TemporaryFolder folder;
    const RgbaImage image{.width = 2, .height = 1, .rgba = {64, 0, 128, 128, 0, 0, 0, 0}};
    ASSERT_TRUE(write_png(folder.path() / "a.png", image));
    const Result<RgbaImage> read = read_png(folder.path() / "a.png");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->rgba, image.rgba);
}

TEST(PngTest, RefusesAnEmptyImageAndADamagedFile) {
    const test::TemporaryFolder folder;
    EXPECT_FALSE(write_png(folder.path() / "empty.png", RgbaImage{}));
    EXPECT_FALSE(read_png(folder.path() / "missing.png"));
    std::ofstream(folder.path() / "damaged.png") << png_bytes(gradient())->substr(0, 60);
    const Result<RgbaImage> read = read_png(folder.path() / "damaged.png");
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("damaged.png"), std::string::npos);
}

}  // namespace
}  // namespace moe::render
