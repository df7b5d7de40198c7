#include "render/scene/label_placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "render/scene/token_label.h"
#include "tests/render/render_fixture.h"

namespace moe::render {
namespace {

using test::synthetic_frame;

std::vector<std::string> texts(const TextStrip& strip) {
    std::vector<std::string> result;
    for (const TextMark& mark : strip.marks) result.push_back(mark.text);
    return result;
}

TEST(TokenLabelTest, ShowsWhatCannotBeSeen) {
    EXPECT_EQ(token_label(" many", 10), "\u00B7many");
    EXPECT_EQ(token_label("a b", 10), "a b");
    EXPECT_EQ(token_label("\n\n", 10), "\u23CE\u23CE");
    EXPECT_EQ(token_label("\t", 10), "\u2192");
    EXPECT_EQ(token_label(std::string_view("\0", 1), 10), "\uFFFD");
    EXPECT_EQ(token_label("", 10), "");
}

TEST(TokenLabelTest, ReplacesMalformedBytesAndKeepsTheRest) {
    EXPECT_EQ(token_label("\xE2\x82", 10), "\uFFFD\uFFFD") << "half a euro sign";
    EXPECT_EQ(token_label("\xE2\x82\xAC", 10), "\u20AC");
    EXPECT_EQ(token_label("\xC0\x80z", 10), "\uFFFD\uFFFDz") << "overlong";
    EXPECT_EQ(token_label("\xED\xA0\x80", 10), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
    EXPECT_EQ(token_label("\xF0\x9F\xA6\x8A!", 10), "\U0001F98A!");
}

TEST(TokenLabelTest, CutsWholeCharacters) {
    EXPECT_EQ(token_label("\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\u00E9\u00E9");
}

TEST(TokenLabelTest, GroupsThousands) {
    EXPECT_EQ(with_thousands(0), "0");
    EXPECT_EQ(with_thousands(999), "999");
    EXPECT_EQ(with_thousands(1'000), "1,000");
    EXPECT_EQ(with_thousands(1'234'567), "1,234,567");
}

TEST(LabelPlacementTest, NamesEveryVisibleRow) {
    FrameInput input = synthetic_frame({}, 980, 738);
    input.view.tokens.offset_pixels = 15 * 100;
    const TextStrip strip = gutter_strip(input, panel_layout(input));
    EXPECT_THAT(texts(strip), testing::Contains("100"));
    EXPECT_THAT(texts(strip), testing::Contains("135"));
    EXPECT_THAT(texts(strip), testing::Not(testing::Contains("136")));
    EXPECT_EQ(strip.marks.size(), 36u * 2);
}

TEST(LabelPlacementTest, MarksRoundPositionsWhereRowsAreLow) {
    FrameInput input = synthetic_frame({.n_tokens = 40'000, .has_weights = false}, 980, 738);
    input.view.tokens = {.offset_pixels = 0, .row_pixels = 1, .row_tokens = 96};
    EXPECT_THAT(
        texts(gutter_strip(input, panel_layout(input))),
        testing::ElementsAre("0", "5,000", "10,000", "15,000", "20,000", "25,000", "30,000", "35,000"));
}

TEST(LabelPlacementTest, NamesThePlannedTokens) {
    FrameInput input = synthetic_frame({.n_tokens = 1}, 980, 738);
    input.planned_shape = input.trace.shape();
    input.trace = {};
    input.planned_tokens = std::make_shared<const std::vector<TokenRecord>>(std::vector<TokenRecord>{
        {.id = 1, .bytes = " fox", .phase = Phase::Prefill, .t_ns = 0, .logprob = {}}});
    input.n_planned_tokens = 1;
    EXPECT_THAT(texts(gutter_strip(input, panel_layout(input))), testing::ElementsAre("0", "\u00B7fox"));
}

TEST(LabelPlacementTest, KeepsTheChipInsteadOfTheDigitsUnderIt) {
    FrameInput input = synthetic_frame({}, 980, 738);
    input.view.hover = {.token = 1, .layer = 4, .expert = 8};
    const TextStrip with = header_strip(input, panel_layout(input));
    input.view.hover = {};
    const TextStrip without = header_strip(input, panel_layout(input));
    EXPECT_THAT(texts(with), testing::Contains("E8"));
    EXPECT_EQ(with.marks.size(), without.marks.size()) << "one more and one fewer";
}

TEST(LabelPlacementTest, WritesLayerNumbersOnlyWhereLayersAreNarrow) {
    const FrameInput input =
        synthetic_frame({.n_layers = 48, .n_experts = 128, .top_k = 8, .n_tokens = 1}, 1230, 790);
    const std::vector<std::string> words = texts(header_strip(input, panel_layout(input)));
    EXPECT_THAT(words, testing::Contains("47"));
    EXPECT_THAT(words, testing::Not(testing::Contains("Layer 0")));
}

TEST(LabelPlacementTest, SetsFiguresBesideTheirValueUnderChance) {
    const FrameInput input = synthetic_frame({}, 980, 738);
    const std::vector<TextStrip> strips = text_strips(input);
    ASSERT_EQ(strips.size(), 3u);
    EXPECT_THAT(texts(strips[2]), testing::Contains("max violation").Times(6));
    EXPECT_THAT(texts(strips[2]), testing::Contains("if uniform").Times(6));
}

TEST(LabelPlacementTest, LeavesOutFiguresThatHaveNoRoomForTheirNames) {
    const FrameInput input = synthetic_frame({.n_layers = 16, .n_experts = 16, .top_k = 2}, 980, 738);
    const std::vector<TextStrip> strips = text_strips(input);
    ASSERT_EQ(strips.size(), 3u);
    EXPECT_THAT(texts(strips[2]), testing::Not(testing::Contains("max violation")));
    const auto is_figure = [](const TextMark& mark) { return mark.role == TextRole::SmallNumber; };
    EXPECT_LE(std::ranges::count_if(strips[2].marks, is_figure), 1) << "the fair share";
}

TEST(LabelPlacementTest, SaysTheRoutersEntropyWhereThereAreScoresOnly) {
    const FrameInput with = synthetic_frame({.has_scores = true}, 980, 738);
    const FrameInput without = synthetic_frame({}, 980, 738);
    EXPECT_THAT(texts(header_strip(with, panel_layout(with))), testing::Contains("entropy").Times(6));
    EXPECT_THAT(texts(header_strip(without, panel_layout(without))),
                testing::Not(testing::Contains("entropy")));
}

TEST(LabelPlacementTest, StepsAreRound) {
    EXPECT_EQ(round_step(1), 1);
    EXPECT_EQ(round_step(3), 5);
    EXPECT_EQ(round_step(51), 100);
    EXPECT_EQ(round_step(200), 200);
}

}  // namespace
}  // namespace moe::render
