// Charts of any size: no text over another, none beyond the picture.
#include <gtest/gtest.h>

#include "engine/base/rng.h"
#include "render/scene/compare_chart.h"
#include "render/scene/curve_chart.h"
#include "render/scene/matrix_chart.h"
#include "render/scene/path_chart.h"
#include "render/scene/router_chart.h"
#include "render/scene/text_width.h"
#include "render/scene/timeline_chart.h"
#include "tests/support/trace_text.h"

namespace moe::render {
namespace {

struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;
};

Box box_of(const ChartText& text) {
    const double width = text_width(text.text, text.font);
    const double height = text_height(text.font);
    const double before = text.align == TextAlign::Left ? 0 : text.align == TextAlign::Center ? width / 2 : width;
    const ChartPoint at = text.anchor;
    if (!text.is_upright)
        return {at.x - before, at.y - height / 2, at.x - before + width, at.y + height / 2};
    return {at.x - height / 2, at.y + before - width, at.x + height / 2, at.y + before};
}

// Of line height, which lets the lowest letters of one line and the tallest of the next come close.
constexpr double kOverlap = 2.0;

void expect_readable(const Chart& chart) {
    std::vector<std::pair<Box, std::string>> boxes;
    for (const ChartItem& item : chart.items) {
        const auto* text = std::get_if<ChartText>(&item);
        if (text == nullptr) continue;
        const Box box = box_of(*text);
        const std::string where = chart.title + " " + std::to_string(chart.width) + "x" +
                                  std::to_string(chart.height) + ": " + text->text;
        EXPECT_GE(box.left, -0.5) << where;
        EXPECT_GE(box.top, -0.5) << where;
        EXPECT_LE(box.right, chart.width + 0.5) << where;
        EXPECT_LE(box.bottom, chart.height + 0.5) << where;
        for (const auto& [other, words] : boxes) {
            const bool is_apart = box.right <= other.left + kOverlap || other.right <= box.left + kOverlap ||
                                  box.bottom <= other.top + kOverlap || other.bottom <= box.top + kOverlap;
            EXPECT_TRUE(is_apart) << where << " over " << words;
        }
        boxes.emplace_back(box, text->text);
    }
}

/// The sizes of small docks and thumbnails, the usual ones, and others.
template <class Draw>
void expect_readable_at_every_size(const Draw& draw) {
    for (const auto& [width, height] : {std::pair{64, 64}, {160, 120}, {200, 200}, {300, 150}, {280, 280}, {1000, 120},
                                        {120, 1000}, {1280, 800}, {1920, 1080}, {64, 900}})
        expect_readable(draw(width, height));
    Rng rng(7);
    for (int i = 0; i < 200; ++i) {
        const auto side = [&] { return 64 + static_cast<int>(rng.below(700)); };
        const int width = side();
        expect_readable(draw(width, side()));
    }
}

TEST(ChartRoomTest, CurvesNeverWriteOverEachOther) {
    for (const std::size_t n_layers : {std::size_t{1}, std::size_t{6}, std::size_t{48}}) {
        CurveChartModel model{.title = "How evenly the experts are loaded, layer by layer",
                              .subtitle = "A model of some name   \u00B7   tokens 0\u2013999",
                              .caption = {"Dashed: expected when every token draws its experts uniformly.",
                                          "c: token-slots of an expert, counted from the trace; E experts."},
                              .layer_names = {},
                              .panels = {},
                              .chance_name = "uniform routing of as many tokens"};
        for (std::size_t layer = 0; layer < n_layers; ++layer) model.layer_names.push_back(std::to_string(layer));
        for (const char* title : {"Max violation", "Coefficient of variation", "Gini coefficient",
                                  "Normalized entropy of the load"}) {
            CurvePanel panel{.title = title, .unit = "deviation of c / mean c", .values = {}, .chance = {}};
            for (std::size_t layer = 0; layer < n_layers; ++layer)
                panel.values.emplace_back(0.1 + 0.37 * static_cast<double>(layer));
            model.panels.push_back(std::move(panel));
        }
        expect_readable_at_every_size(
            [&](int width, int height) { return curve_chart(model, width, height, kDarkTheme); });
    }
}

// A chart of curves that has no room for some says how many.
TEST(ChartRoomTest, CurvesThatHaveNoRoomAreCounted) {
    constexpr std::size_t kLayers = 6;
    CurveChartModel model{.title = "Balance", .subtitle = "tokens", .caption = {}, .layer_names = {}, .panels = {},
                          .chance_name = "uniform"};
    for (std::size_t layer = 0; layer < kLayers; ++layer) model.layer_names.push_back(std::to_string(layer));
    for (const char* title : {"Max violation", "CV", "Gini coefficient", "Entropy"})
        model.panels.push_back({.title = title, .unit = "", .values = std::vector<std::optional<double>>(kLayers, 1.0),
                                .chance = {}});
    bool was_any_missing = false;
    for (int width = 64; width < 800; width += 61) {
        for (int height = 64; height < 700; height += 23) {
            const Chart chart = curve_chart(model, width, height, kDarkTheme);
            std::size_t n_dots = 0;
            std::string left_out;
            for (const ChartItem& item : chart.items) {
                n_dots += std::holds_alternative<ChartDot>(item) ? 1 : 0;
                const auto* text = std::get_if<ChartText>(&item);
                if (text != nullptr && text->text.starts_with("+")) left_out = text->text;
            }
            const std::size_t n_missing = model.panels.size() - n_dots / kLayers;  // the key has one more dot
            was_any_missing |= n_missing > 0;
            const std::string wanted = n_missing > 0 ? "+" + std::to_string(n_missing) : "";
            EXPECT_EQ(left_out.substr(0, 2), wanted) << width << " x " << height;
        }
    }
    EXPECT_TRUE(was_any_missing);
}

TEST(ChartRoomTest, MatricesNeverWriteOverEachOther) {
    for (const auto& [n_rows, n_columns] : {std::pair{6, 16}, {48, 128}, {16, 16}, {1, 4}}) {
        MatrixChartModel model;
        model.title = "Load of every expert, layer by layer";
        model.subtitle = "A model of some name   \u00B7   tokens 0\u2013999";
        model.caption = {"Share of a layer's token-slots, counted from the trace. Cross: less than a tenth of chance."};
        model.row_axis = "a token used expert i";
        model.column_axis = "and expert j";
        for (int row = 0; row < n_rows; ++row) model.row_names.push_back(std::to_string(row));
        for (int column = 0; column < n_columns; ++column) model.column_names.push_back(std::to_string(column));
        for (int cell = 0; cell < n_rows * n_columns; ++cell) model.values.emplace_back(0.01 * (cell % 17));
        model.value_name = "Share of what leaves expert i";
        model.unit = " %";
        model.unit_factor = 100;
        model.chance = 0.06;
        model.is_square = n_rows == n_columns;
        model.list_title = "Strongest: from i to j";
        expect_readable_at_every_size(
            [&](int width, int height) { return matrix_chart(model, width, height, kDarkTheme); });
    }
}

TEST(ChartRoomTest, RouterTablesNeverWriteOverEachOther) {
    RouterChartModel model{.title = "Router of layer 12 for token 4711",
                           .subtitle = "A model of some name   \u00B7   token \u201Cgirl\u201D",
                           .ranking = {},
                           .margin = 0.0037};
    for (std::size_t rank = 0; rank < 64; ++rank) {
        RankedExpert expert;
        expert.expert = 100 + rank;
        expert.score = 0.5f / static_cast<float>(rank + 1);
        expert.is_chosen = rank < 8;
        if (rank < 8) expert.weight = 0.125f;
        model.ranking.push_back(expert);
    }
    expect_readable_at_every_size(
        [&](int width, int height) { return router_chart(model, width, height, kDarkTheme); });
}

TEST(ChartRoomTest, ComparisonsNeverWriteOverEachOther) {
    for (const std::size_t n_layers : {std::size_t{6}, std::size_t{24}}) {
        const TraceShape shape = test::make_shape(n_layers, 16, 2);
        const TraceSnapshot a = test::random_trace(1, shape, 60), b = test::random_trace(2, shape, 44);
        for (std::size_t route = 3; route < 8; ++route) {
            CompareChartModel model{.title = "Run 1 and run 2, and what differs",
                                    .subtitle = "A model of some name   \u00B7   60 tokens of the same text",
                                    .a = a,
                                    .b = b,
                                    .first = 0,
                                    .end = 60,
                                    .compared = {.name_a = "A run with a long name", .name_b = "Another", .shape = shape,
                                                 .rows = {}}};
            model.compared.first_different_route = route;
            model.compared.first_different_token = 5;
            model.compared.end_of_b = 44;
            expect_readable_at_every_size(
                [&](int width, int height) { return compare_chart(model, width, height, kDarkTheme); });
        }
    }
}

TEST(ChartRoomTest, PathsNeverWriteOverEachOther) {
    for (const auto& [n_layers, n_experts] : {std::pair<std::size_t, std::size_t>{6, 16}, {48, 128}, {1, 2}}) {
        for (const bool has_branches : {false, true}) {
            const TraceSnapshot trace =
                test::random_trace(5, test::make_shape(n_layers, n_experts, 2), 4, {.branch_norm = has_branches});
            PathChartModel model{.title = "Path of token 4711 through the layers",
                                 .subtitle = "A model of some name   \u00B7   token \u201Cgirl\u201D",
                                 .path = token_path(trace, 2)};
            for (const bool is_selected : {false, true}) {
                if (is_selected) model.style.selected_layer = n_layers / 2;
                expect_readable_at_every_size(
                    [&](int width, int height) { return path_chart(model, width, height, kDarkTheme); });
            }
        }
    }
}

TEST(ChartRoomTest, TimelinesNeverWriteOverEachOther) {
    for (const std::size_t end : {std::size_t{9}, std::size_t{1000}, std::size_t{1234567}}) {
        TimelineChartModel model{.title = "Speed, entropy, overlap and margin along the run",
                                 .subtitle = "A model of some name   \u00B7   run 1, positions 0\u2013999",
                                 .caption = {"Band: from the lowest to the highest, over tokens and layers. Line: the mean."},
                                 .first = 0,
                                 .end = end,
                                 .bin_tokens = (end + 15) / 16,
                                 .tracks = {}};
        for (const double high : {0.93, 47.0, 12345.0}) {
            TimelineTrackModel track{.name = "Router entropy", .unit = "share of uniform", .bins = {}, .absent = {}};
            for (std::size_t token = 0; token < end; token += model.bin_tokens)
                track.bins.emplace_back(TimelineBin{.low = 0.1 * high, .mean = 0.5 * high, .high = high});
            track.starts_at_zero = high > 1;
            track.if_uniform.assign(track.bins.size(), 0.97 * high);
            model.tracks.push_back(std::move(track));
        }
        model.tracks.push_back({.name = "Margin", .unit = "", .bins = {}, .absent = "This trace has no router_logits column."});
        for (const std::size_t share : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
            model.end_of_prompt = end * share / 8;
            expect_readable_at_every_size(
                [&](int width, int height) { return timeline_chart(model, width, height, kDarkTheme); });
        }
    }
}

}  // namespace
}  // namespace moe::render
