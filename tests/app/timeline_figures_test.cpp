// What the timeline shows of experts alone, which tracks have room, and its words.

#include <gtest/gtest.h>

#include <QTest>
#include <set>

#include "app/docks/timeline_dock.h"
#include "engine/stats/load_balance.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

constexpr float kFloatTolerance = 1e-5f;
constexpr std::size_t kWindow = 64;  // tokens, as the explanation says

/// Everything worked out at once.
TimelineSeries complete_series(const TraceSnapshot& trace, std::size_t layer) {
    TimelineSeries series;
    series.set_subject({.trace = trace, .identity = 1, .layer = layer});
    while (series.n_missing() > 0) series.take(timeline_parts(trace, series.next_tasks({}), [] { return false; }));
    return series;
}

std::set<std::uint16_t> experts_of(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    const ExpertsView experts = trace.experts(position, layer);
    std::set<std::uint16_t> used(experts.begin(), experts.end());
    used.erase(kNoExpert);
    return used;
}

/// Counts the last tokens again.
double load_entropy(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    std::vector<std::size_t> counts(trace.shape().n_experts, 0);
    for (std::size_t token = position < kWindow ? 0 : position + 1 - kWindow; token <= position; ++token) {
        for (const std::uint16_t expert : experts_of(trace, token, layer)) ++counts[expert];
    }
    return *load_balance(counts)->normalized_entropy;
}

double overlap(const TraceSnapshot& trace, std::size_t position, std::size_t layer) {
    const std::set<std::uint16_t> before = experts_of(trace, position - 1, layer);
    const std::set<std::uint16_t> now = experts_of(trace, position, layer);
    std::size_t shared = 0;
    for (const std::uint16_t expert : now) shared += before.count(expert);
    return static_cast<double>(shared) / static_cast<double>(std::max(before.size(), now.size()));
}

/// Least, mean and greatest over the layers.
template <class Figure>
Spread over_layers(const TraceSnapshot& trace, std::size_t position, const Figure& figure) {
    Spread spread;
    for (std::size_t layer = 0; layer < trace.shape().n_layers; ++layer)
        spread.add(static_cast<float>(figure(trace, position, layer)));
    return spread;
}

void expect_near(const Spread& spread, const Spread& expected) {
    ASSERT_EQ(spread.count, expected.count);
    EXPECT_NEAR(spread.low, expected.low, kFloatTolerance);
    EXPECT_NEAR(spread.mean(), expected.mean(), kFloatTolerance);
    EXPECT_NEAR(spread.high, expected.high, kFloatTolerance);
}

TEST(TimelineFiguresTest, GivesLoadEntropyAndOverlapOfATraceWithoutScores) {
    const TraceSnapshot trace =
        test::demo_trace(300, {.n_layers = 3, .n_experts = 16, .top_k = 3, .has_weights = false, .has_logits = false});
    const TimelineSeries series = complete_series(trace, 1);
    EXPECT_FALSE(series.has_scores());
    EXPECT_EQ(series.n_known(), 300u);
    for (std::size_t position = 0; position < 300; ++position) {
        const auto at = [&](const TimelineTrack& track) { return track.over(position, position + 1); };
        expect_near(at(series.entropy()), over_layers(trace, position, load_entropy));
        EXPECT_NEAR(at(series.layer_entropy()).mean(), load_entropy(trace, position, 1), kFloatTolerance);
        if (position == 0) continue;
        expect_near(at(series.overlap()), over_layers(trace, position, overlap));
        EXPECT_NEAR(at(series.layer_overlap()).mean(), overlap(trace, position, 1), kFloatTolerance);
    }
    EXPECT_EQ(series.overlap().over(0, 1).count, 0u) << "nothing came before";
    EXPECT_EQ(series.margin().n_tokens(), 0u) << "a margin needs scores";
}

TEST(TimelineFiguresTest, HasTheOverlapOfATraceWithScoresToo) {
    const TraceSnapshot trace = test::demo_trace(100);
    const TimelineSeries series = complete_series(trace, 4);
    EXPECT_TRUE(series.has_scores());
    for (std::size_t position = 1; position < 100; ++position) {
        expect_near(series.overlap().over(position, position + 1), over_layers(trace, position, overlap));
        EXPECT_NEAR(series.layer_overlap().over(position, position + 1).mean(), overlap(trace, position, 4),
                    kFloatTolerance);
    }
}

std::vector<TimelineFigure> shown(double height, const std::vector<TimelineFigure>& absent) {
    std::vector<TimelineFigure> figures;
    for (const TimelinePlace& place : timeline_layout({800, height}, 100, false, absent).tracks)
        figures.push_back(place.figure);
    return figures;
}

TEST(TimelineLayoutTest, WhatIsAbsentGivesWayFirstAndEntropyStays) {
    using enum TimelineFigure;
    using Figures = std::vector<TimelineFigure>;
    EXPECT_EQ(shown(160, {}), (Figures{Density, Entropy, Overlap, Margin}));
    EXPECT_EQ(shown(132, {}), (Figures{Density, Entropy, Margin}));
    EXPECT_EQ(shown(100, {}), (Figures{Entropy, Margin}));
    EXPECT_EQ(shown(72, {}), (Figures{Entropy}));
    EXPECT_EQ(shown(160, {Density, Margin}), (Figures{Density, Entropy, Overlap, Margin}));
    EXPECT_EQ(shown(132, {Margin}), (Figures{Density, Entropy, Overlap}));
    EXPECT_EQ(shown(100, {Density, Margin}), (Figures{Entropy, Overlap}));
    EXPECT_EQ(shown(10, {Density, Margin}), (Figures{Entropy}));
}

TEST(TimelineLayoutTest, TracksStandBelowEachOtherBetweenHeadAndFoot) {
    for (int height = 60; height < 400; ++height) {
        for (const std::vector<TimelineFigure>& absent :
             {std::vector<TimelineFigure>{}, {TimelineFigure::Margin}, {TimelineFigure::Density, TimelineFigure::Margin},
              {TimelineFigure::Entropy, TimelineFigure::Overlap, TimelineFigure::Margin}}) {
            const TimelineLayout layout = timeline_layout({700.0, static_cast<double>(height)}, 50, true, absent);
            double above = layout.head.bottom();
            for (const TimelinePlace& place : layout.tracks) {
                EXPECT_GE(place.rect.top(), above);
                EXPECT_GE(place.rect.height(), 10) << height;
                above = place.rect.bottom();
            }
            EXPECT_LE(above, layout.foot.top()) << height;
        }
    }
}

class TimelineWordsTest : public testing::Test {
  protected:
    void show(const TraceSnapshot& trace, std::size_t selected) {
        view_.resize(800, 160);
        view_.set_model({.trace = trace, .identity = ++identity_, .layer = 1, .selected = selected});
        view_.show();
        ASSERT_TRUE(QTest::qWaitFor([this] { return view_.is_settled(); }));
    }

    TimelineView view_;
    std::uint64_t identity_ = 0;
};

TEST_F(TimelineWordsTest, SaysTheFiguresOfTheSelectedToken) {
    const TraceSnapshot trace = test::demo_trace(90, {.n_layers = 3, .n_experts = 16, .top_k = 2, .has_logits = false});
    show(trace, 80);
    const QString words = view_.accessibleDescription();
    const auto number = [](double value) { return QString::number(value, 'f', 3).toStdString(); };
    EXPECT_NE(words.toStdString().find("token 80 is selected"), std::string::npos) << qPrintable(words);
    const std::string load = "Load entropy of uniform " + number(load_entropy(trace, 80, 1)) + " in layer 1; mean of layers " +
                             number(static_cast<double>(over_layers(trace, 80, load_entropy).mean()));
    EXPECT_NE(words.toStdString().find(load), std::string::npos) << qPrintable(words) << "\n" << load;
    const std::string same = "Overlap with the token before " + number(overlap(trace, 80, 1)) + " in layer 1";
    EXPECT_NE(words.toStdString().find(same), std::string::npos) << qPrintable(words);
    EXPECT_NE(words.toStdString().find("; by chance 0.125"), std::string::npos) << qPrintable(words);
    EXPECT_EQ(words.toStdString().find("Margin"), std::string::npos) << "there is none";
    EXPECT_NE(view_.whatsThis().toStdString().find("last 64 tokens"), std::string::npos);
}

TEST_F(TimelineWordsTest, SaysWhyAFigureIsAbsent) {
    const auto reason = [](const TraceSnapshot& trace, TimelineFigure figure) {
        const TimelineModel model{.trace = trace, .identity = 1};
        const TimelineSeries series = complete_series(trace, 0);
        return TimelineWords(model, series).absence(figure).toStdString();
    };
    const TraceSnapshot scores = test::demo_trace(40);
    EXPECT_EQ(reason(scores, TimelineFigure::Density), "This trace has no times");
    for (const TimelineFigure figure : {TimelineFigure::Entropy, TimelineFigure::Overlap, TimelineFigure::Margin})
        EXPECT_EQ(reason(scores, figure), "");
    const TraceSnapshot experts = test::demo_trace(40, {.has_weights = false, .has_logits = false});
    EXPECT_EQ(reason(experts, TimelineFigure::Entropy), "");
    EXPECT_EQ(reason(experts, TimelineFigure::Margin),
              "Needs router scores; this trace has the chosen experts only");
    EXPECT_EQ(reason(test::demo_trace(40, {.has_logits = false}), TimelineFigure::Margin),
              "Needs router scores; this trace has the chosen experts and their weights");
    EXPECT_EQ(reason(test::demo_trace(40, {.n_experts = 4, .top_k = 4}), TimelineFigure::Margin),
              "Every expert is chosen: there is no next one");
}

}  // namespace
}  // namespace moe::app
