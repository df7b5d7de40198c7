#include "render/scene/theme.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace moe::render {
namespace {

// WCAG 2.1, success criteria 1.4.3 and 1.4.11.
constexpr double kText = 4.5;
constexpr double kGraphics = 3.0;

double linear(std::uint8_t channel) {
    const double share = channel / 255.0;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

double luminance(const Color& color) {
    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

double contrast(const Color& a, const Color& b) {
    const auto [low, high] = std::minmax({luminance(a), luminance(b)});
    return (high + 0.05) / (low + 0.05);
}

Color blended(const Color& over, const Color& under) {
    const auto mixed = [&](std::uint8_t a, std::uint8_t b) {
        return static_cast<std::uint8_t>(std::lround((a * over.a + b * (255 - over.a)) / 255.0));
    };
    return {mixed(over.r, under.r), mixed(over.g, under.g), mixed(over.b, under.b), 255};
}

std::string name_of(const Theme& theme) { return theme.is_dark ? "dark" : "light"; }

// The worked values of the criterion's definition.
TEST(ThemeTest, MeasuresContrastAsTheCriterionDoes) {
    EXPECT_NEAR(contrast(Color::rgb(0x000000), Color::rgb(0xFFFFFF)), 21.0, 1e-9);
    EXPECT_NEAR(contrast(Color::rgb(0x777777), Color::rgb(0xFFFFFF)), 4.48, 0.005);
}

TEST(ThemeTest, KeepsEveryWordReadableWhereverItStands) {
    for (const Theme& theme : {kDarkTheme, kLightTheme}) {
        const Color selected = blended(theme.soft, theme.surface);
        for (const Color& text : {theme.text_1, theme.text_2, theme.text_3, theme.accent, theme.over_text,
                                  theme.near_text, theme.dead, theme.ok}) {
            for (const Color& ground :
                 {theme.surface, theme.raised, theme.field, theme.view, theme.card, theme.hover, selected})
                EXPECT_GE(contrast(text, ground), kText) << name_of(theme);
        }
        EXPECT_GE(contrast(Color::rgb(0xFFFFFF), theme.fill), kText) << name_of(theme);
        EXPECT_GE(contrast(theme.surface, theme.accent), kText)
            << "a number on the cursor, " << name_of(theme);
        EXPECT_GE(contrast(theme.surface, theme.text_1), kText) << "the header's chip, " << name_of(theme);
    }
}

TEST(ThemeTest, KeepsBarsAndDotsInSight) {
    for (const Theme& theme : {kDarkTheme, kLightTheme}) {
        for (const Color& bar : {theme.bar, theme.over_bar, theme.near_bar}) {
            for (const Color& ground : {theme.surface, theme.view})
                EXPECT_GE(contrast(bar, ground), kGraphics) << name_of(theme);
        }
        EXPECT_GE(contrast(theme.recording, theme.raised), kGraphics) << name_of(theme);
    }
}

}  // namespace
}  // namespace moe::render
