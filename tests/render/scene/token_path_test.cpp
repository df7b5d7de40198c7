#include "render/scene/token_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/stats/router_entropy.h"
#include "render/scene/colormap.h"
#include "render/scene/path_chart.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

constexpr double kTolerance = 1e-9;

TraceSnapshot random(const test::RandomColumns& columns = {.branch_norm = true}) {
    return test::random_trace(3, test::make_shape(5, 12, 3), 20, columns);
}

TEST(TokenPathTest, HasTheChosenExpertsAndTheirWeightsAsRecorded) {
    const TraceSnapshot trace = random();
    const TokenPath path = token_path(trace, 7);
    ASSERT_EQ(path.layers.size(), 5u);
    for (std::size_t layer = 0; layer < 5; ++layer) {
        const auto experts = trace.experts(7, layer);
        const auto weights = trace.weights(7, layer);
        std::size_t n = 0;
        for (std::size_t slot = 0; slot < 3; ++slot) {
            if (experts[slot] == kNoExpert) continue;
            EXPECT_EQ(path.layers[layer].chosen[n].expert, experts[slot]);
            EXPECT_EQ(path.layers[layer].chosen[n++].weight, static_cast<double>(weights[slot]));
        }
        EXPECT_EQ(path.layers[layer].chosen.size(), n);
        const auto norms = trace.branch_norm(7, layer);
        const double sum = static_cast<double>(norms[0]) + static_cast<double>(norms[1]) + static_cast<double>(norms[2]);
        EXPECT_NEAR(path.share(layer, PathBranch::Shared), static_cast<double>(norms[1]) / sum, kTolerance);
    }
    EXPECT_TRUE(token_path(trace, 20).layers.empty()) << "not routed";
}

TEST(TokenPathTest, SaysWhatATraceDoesNotHold) {
    const TokenPath path = token_path(random({.weights = false, .router_logits = false}), 0);
    EXPECT_FALSE(path.has_weights);
    EXPECT_FALSE(path.has(PathBranch::Shared));
    EXPECT_EQ(path.share(0, PathBranch::Shared), 0.0);
    EXPECT_TRUE(path.layers[0].scores.empty());
    EXPECT_NEAR(path.layers[0].chosen[0].weight, 1.0 / static_cast<double>(path.layers[0].chosen.size()), kTolerance);
    EXPECT_THAT(why_no_branches(path), testing::HasSubstr("branch_norm"));
    EXPECT_TRUE(why_no_branches(token_path(random(), 0)).empty());
}

TEST(TokenPathTest, KnowsNearMissesWhereItIsGivenTheMarginsOfTheRun) {
    const TraceSnapshot trace = test::random_trace(4, test::make_shape(2, 8, 2), 60);
    const MarginSample margins = MarginSample::of(trace, 60);
    std::size_t n_near_misses = 0;
    for (std::size_t position = 0; position < 60; ++position) {
        const TokenPath path = token_path(trace, position, margins);
        EXPECT_TRUE(path.knows_near_misses);
        for (std::size_t layer = 0; layer < 2; ++layer) {
            const auto margin_at = [&](std::size_t token) {
                return *router_certainty(trace, token, layer)->margin;
            };
            std::size_t n_smaller = 0;
            for (std::size_t other = 0; other < 60; ++other)
                n_smaller += margin_at(other) < margin_at(position) ? 1 : 0;
            EXPECT_EQ(path.layers[layer].is_near_miss, n_smaller < 6) << position << ", " << layer;
            n_near_misses += path.layers[layer].is_near_miss ? 1 : 0;
        }
        const TokenPath alone = token_path(trace, position);
        EXPECT_FALSE(alone.knows_near_misses || alone.layers[0].is_near_miss);
        EXPECT_EQ(alone.layers[0].runner_up, path.layers[0].runner_up);
    }
    EXPECT_EQ(n_near_misses, 12u);
}

TEST(TokenPathTest, MovesFromOnePathToTheOtherAndEndsExactly) {
    const TraceSnapshot trace = random();
    const TokenPath from = token_path(trace, 1), to = token_path(trace, 2);
    const TokenPath half = moved(from, to, 0.5);
    EXPECT_NEAR(half.layers[0].chosen[0].expert,
                (from.layers[0].chosen[0].expert + to.layers[0].chosen[0].expert) / 2, kTolerance);
    const TokenPath end = moved(from, to, 1.0);
    EXPECT_EQ(end.layers[3].chosen.size(), to.layers[3].chosen.size());
    EXPECT_EQ(end.layers[3].chosen[0].expert, to.layers[3].chosen[0].expert);
}

// Every chosen expert is found under its own square, and nothing lies outside the frame.
TEST(PathLayoutTest, FindsEveryExpertUnderItsSquareAtAnySize) {
    for (const auto& [n_layers, n_experts] : {std::pair<std::size_t, std::size_t>{6, 16}, {48, 128}, {1, 2}}) {
        const TraceSnapshot trace =
            test::random_trace(5, test::make_shape(n_layers, n_experts, 2), 4, {.branch_norm = true});
        const TokenPath path = token_path(trace, 2);
        for (const double width : {240.0, 320.0, 1200.0}) {
            const PathLayout layout = path_layout(path, {10, 5, width, 5 + path_height(n_layers)});
            EXPECT_LE(layout.right(), width);
            for (std::size_t layer = 0; layer < n_layers; ++layer) {
                for (const PathNode& node : path.layers[layer].chosen) {
                    const auto hit = path_hit(path, layout, {layout.x(node.expert), layout.y(static_cast<double>(layer))});
                    ASSERT_TRUE(hit.has_value());
                    EXPECT_EQ(hit->layer, layer);
                    EXPECT_TRUE(hit->slot.has_value());
                    const double side = layout.square(node.weight, largest_weight(path));
                    EXPECT_LE(side, layout.row);
                    EXPECT_GT(side, 0);
                }
            }
        }
    }
}

TEST(PathLayoutTest, FindsARibbonOnItsMiddle) {
    TokenPath path{.n_experts = 8, .layer_ids = {0, 1}, .layers = {}};
    path.layers.resize(2);
    path.layers[0].chosen = {{1, 0.7}, {6, 0.3}};
    path.layers[1].chosen = {{5, 0.9}, {2, 0.1}};
    const PathLayout layout = path_layout(path, {0, 0, 400, 200});
    const ChartPoint from{layout.x(1), layout.y(0)}, to{layout.x(5), layout.y(1)};
    const auto hit = path_hit(path, layout, ribbon_point(from, to, 0.45));
    ASSERT_TRUE(hit.has_value());
    EXPECT_EQ(*hit, (PathHit{.layer = 0, .slot = 0, .next_slot = 0}));
    EXPECT_NEAR(ribbon_point(from, to, 0).x, from.x, kTolerance);
    EXPECT_NEAR(ribbon_point(from, to, 1).y, to.y, kTolerance);
}

TEST(PathLayoutTest, RibbonsAreAsWideAsTheProductOfTheWeights) {
    const PathLayout layout = path_layout(token_path(random(), 0), {0, 0, 400, 400});
    const double one = layout.ribbon(0.5, 0.5, 1.0, 2);
    EXPECT_NEAR(layout.ribbon(1.0, 0.5, 1.0, 2), 2 * one, kTolerance);
    EXPECT_NEAR(layout.ribbon(0.1, 0.2, 1.0, 2), one * 0.02 / 0.25, kTolerance);
}

std::size_t n_of(const Chart& chart, auto&& is_wanted) {
    return static_cast<std::size_t>(std::ranges::count_if(chart.items, is_wanted));
}

TEST(PathChartTest, DrawsAMarkForEveryChosenExpertAndARibbonForEveryPair) {
    TokenPath path{.n_experts = 8, .layer_ids = {3, 4}, .layers = {}, .has_weights = true};
    path.layers.resize(2);
    path.layers[0].chosen = {{1, 0.7}, {6, 0.3}};
    path.layers[1].chosen = {{5, 0.6}, {2, 0.4}};
    const Chart chart = path_chart({.title = "t", .subtitle = "s", .path = path}, 800, 600, kDarkTheme);
    EXPECT_EQ(n_of(chart, [](const ChartItem& item) { return std::holds_alternative<ChartRibbon>(item); }), 4u);
    for (const double weight : {0.7, 0.3, 0.6, 0.4}) {
        const Color color = value_color(kDarkTheme, {}, CellMeaning::Weight, static_cast<float>(weight));
        EXPECT_EQ(n_of(chart,
                       [&](const ChartItem& item) {
                           const auto* rect = std::get_if<ChartRect>(&item);
                           return rect != nullptr && rect->color == color;
                       }),
                  1u);
    }
    for (const int side : {64, 100, 3000})
        EXPECT_EQ(path_chart({.title = "t", .subtitle = "", .path = {}}, side, side, kLightTheme).width, side);
}

}  // namespace
}  // namespace moe::render
