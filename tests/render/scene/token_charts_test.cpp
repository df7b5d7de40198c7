#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "render/scene/router_chart.h"
#include "render/scene/timeline_chart.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

std::vector<std::string> texts_of(const Chart& chart) {
    std::vector<std::string> texts;
    for (const ChartItem& item : chart.items) {
        if (const auto* text = std::get_if<ChartText>(&item)) texts.push_back(text->text);
    }
    return texts;
}

TEST(RouterChartTest, ListsTheExpertsByRankWithTheCutBehindTheChosenOnes) {
    const TraceSnapshot trace = test::random_trace(2, test::make_shape(2, 9, 3), 4);
    const RouterChartModel model{.title = "t", .subtitle = "s", .ranking = router_ranking(trace, 3, 1), .margin = 0.25};
    const std::vector<std::string> texts = texts_of(router_chart(model, 900, 600, kDarkTheme));
    std::vector<std::string> experts;
    std::size_t n_before_cut = 0;
    for (const std::string& text : texts) {
        if (text.size() > 1 && text[0] == 'E' && std::isdigit(text[1]) != 0) experts.push_back(text);
        if (text.find("cut, margin 0.2500") != std::string::npos) n_before_cut = experts.size();
    }
    ASSERT_EQ(experts.size(), 9u);
    std::size_t n_chosen = 0;
    for (std::size_t rank = 0; rank < 9; ++rank) {
        EXPECT_EQ(experts[rank], "E" + std::to_string(model.ranking[rank].expert));
        n_chosen += model.ranking[rank].is_chosen ? 1 : 0;
    }
    EXPECT_EQ(n_before_cut, n_chosen);
    EXPECT_THAT(texts_of(router_chart(model, 900, 300, kDarkTheme)), testing::Contains(testing::HasSubstr("more")));
    for (const int side : {64, 100, 2000}) EXPECT_FALSE(router_chart(model, side, side, kLightTheme).items.empty());
}

TEST(RouterChartTest, CallsTheRunnerUpANearMissOnlyWhereThatIsKnown) {
    const TraceSnapshot trace = test::random_trace(2, test::make_shape(2, 9, 3), 4);
    RouterChartModel model{
        .title = "t", .subtitle = "s", .ranking = router_ranking(trace, 3, 1), .margin = 0.25};
    EXPECT_THAT(texts_of(router_chart(model, 900, 600, kDarkTheme)), testing::Contains("runner-up"));
    EXPECT_THAT(texts_of(router_chart(model, 900, 600, kDarkTheme)),
                testing::Not(testing::Contains("near miss")));
    model.is_near_miss = true;
    EXPECT_THAT(texts_of(router_chart(model, 900, 600, kDarkTheme)), testing::Contains("near miss"));
    EXPECT_THAT(texts_of(router_chart(model, 900, 600, kDarkTheme)),
                testing::Contains(testing::HasSubstr("smallest tenth")));
}

TEST(TimelineChartTest, DashesWhatUniformRoutingWouldGiveWithinTheScale) {
    const TimelineBin bin{.low = 0.91, .mean = 0.92, .high = 0.93};
    TimelineChartModel model{.title = "t", .subtitle = "", .caption = {}, .first = 0, .end = 4, .tracks = {}};
    model.tracks = {{.name = "a", .unit = "", .bins = {bin, bin, bin, bin}, .has_band = true, .absent = "",
                     .starts_at_zero = false, .if_uniform = {0.95, 0.97, 0.97, 0.97}}};
    const Chart chart = timeline_chart(model, 900, 500, kDarkTheme);
    std::vector<ChartLine> dashed;
    for (const ChartItem& item : chart.items) {
        if (const auto* line = std::get_if<ChartLine>(&item); line != nullptr && line->is_dashed) dashed.push_back(*line);
    }
    ASSERT_EQ(dashed.size(), 1u);
    ASSERT_EQ(dashed[0].points.size(), 3u) << "its left end, where it changes, its right end";
    EXPECT_GT(dashed[0].points[0].y, dashed[0].points[1].y) << "it rises";
    EXPECT_EQ(dashed[0].points[1].y, dashed[0].points[2].y);
    EXPECT_THAT(texts_of(chart), testing::Contains("0.90"));
    EXPECT_THAT(texts_of(chart), testing::Not(testing::Contains("0.00"))) << "the axis does not begin at zero";
}

TEST(TimelineChartTest, HasALineWithoutATrackThatIsAbsentAndNoneAcrossAGap) {
    TimelineChartModel model{.title = "t", .subtitle = "", .caption = {}, .first = 0, .end = 5, .tracks = {}};
    model.tracks = {{.name = "a", .unit = "", .bins = {TimelineBin{0, 1, 2}, TimelineBin{0, 1, 2}, std::nullopt,
                                                       TimelineBin{0, 1, 2}, TimelineBin{0, 1, 2}},
                     .has_band = true, .absent = ""},
                    {.name = "b", .unit = "", .bins = {}, .has_band = true, .absent = "why not"}};
    const Chart chart = timeline_chart(model, 900, 500, kDarkTheme);
    EXPECT_EQ(std::ranges::count_if(chart.items,
                                    [](const ChartItem& item) { return std::holds_alternative<ChartLine>(item); }),
              2);
    EXPECT_THAT(texts_of(chart), testing::Contains("why not"));
    for (const int side : {64, 100, 2000}) EXPECT_FALSE(timeline_chart(model, side, side, kLightTheme).items.empty());
}

TEST(TimelineChartTest, BarsBeyondTheScaleEndAtItsTop) {
    TimelineChartModel model{.title = "t", .subtitle = "", .caption = {}, .first = 0, .end = 3, .tracks = {}};
    model.tracks = {{.name = "a",
                     .unit = "",
                     .bins = {TimelineBin{5, 5, 5}, TimelineBin{900, 900, 900}, TimelineBin{10, 10, 10}},
                     .has_band = false,
                     .absent = "",
                     .scale_end = 10}};
    std::vector<double> heights;
    for (const ChartItem& item : timeline_chart(model, 900, 500, kDarkTheme).items) {
        const auto* bar = std::get_if<ChartRect>(&item);
        if (bar != nullptr && bar->color == kDarkTheme.bar) heights.push_back(bar->height);
    }
    ASSERT_EQ(heights.size(), 3u);
    EXPECT_DOUBLE_EQ(heights[0] * 2, heights[2]);
    EXPECT_DOUBLE_EQ(heights[1], heights[2]);
}

}  // namespace
}  // namespace moe::render
