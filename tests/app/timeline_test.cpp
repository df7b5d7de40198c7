#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <tuple>

#include "app/docks/timeline_dock.h"
#include "engine/stats/router_entropy.h"
#include "engine/stats/token_density.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

constexpr float kFloatTolerance = 1e-5f;

TEST(TimelineTrackTest, SumsUpAnyStretchAsALoopOverItsTokensDoes) {
    TimelineTrack track;
    std::vector<float> values;
    Rng rng(3);
    for (std::size_t i = 0; i < 5000; ++i) {
        values.push_back(static_cast<float>(rng.uniform()));
    }
    // In pieces of any size, the last ones first.
    for (std::size_t end = values.size(); end > 0;) {
        const std::size_t first = end - std::min<std::size_t>(end, 1 + rng.below(100));
        std::vector<Spread> tokens(end - first);
        for (std::size_t i = first; i < end; ++i) tokens[i - first].add(values[i]);
        track.put(first, tokens);
        end = first;
    }
    for (std::size_t n = 0; n < 500; ++n) {
        const auto a = static_cast<std::size_t>(rng.uniform() * 5000);
        const auto b = static_cast<std::size_t>(rng.uniform() * 5001);
        const auto [first, end] = std::minmax(a, b);
        Spread expected;
        for (std::size_t i = first; i < end; ++i) expected.add(values[i]);
        const Spread spread = track.over(first, end);
        EXPECT_EQ(spread.count, end - first);
        EXPECT_EQ(spread.low, expected.low) << first << " to " << end;
        EXPECT_EQ(spread.high, expected.high);
        if (spread.count > 0) {
            EXPECT_NEAR(spread.mean(), expected.mean(), kFloatTolerance);
        }
    }
}

TEST(TimelineAxisTest, GivesALiveRunRoomToTheNextPowerOfTwo) {
    EXPECT_EQ(timeline_places(0, true), 64u);
    EXPECT_EQ(timeline_places(63, true), 64u);
    EXPECT_EQ(timeline_places(64, true), 128u);
    EXPECT_EQ(timeline_places(203, false), 203u);
}

TEST(TimelineAxisTest, DrawsEveryTokenOnceInAtMostOneColumnAPixel) {
    for (const std::size_t n_tokens : {1u, 99u, 1000u, 1'000'001u}) {
        const TimelineAxis axis{.left = 100, .width = 333, .n_places = timeline_places(n_tokens, true)};
        const std::vector<TimelineColumn> columns = timeline_columns(axis, n_tokens);
        EXPECT_LE(columns.size(), 334u);
        std::size_t next = 0;
        for (const TimelineColumn& column : columns) {
            EXPECT_EQ(column.first, next);
            next = column.end;
        }
        EXPECT_EQ(next, n_tokens);
        const double last = axis.pixel_from_token(static_cast<double>(n_tokens) - 0.5);
        EXPECT_EQ(axis.token_from_pixel(last, n_tokens), n_tokens - 1);
        EXPECT_EQ(axis.token_from_pixel(0, n_tokens), 0u);
    }
}

TEST(TimelineAxisTest, WritesNumbersThatAreApartEnough) {
    const TimelineAxis axis{.left = 0, .width = 500, .n_places = 203};
    EXPECT_EQ(timeline_ticks(axis, 72), (std::vector<std::size_t>{0, 50, 100, 150, 200}));
    const TimelineAxis live{.left = 0, .width = 500, .n_places = 256};
    EXPECT_EQ(timeline_ticks(live, 72), (std::vector<std::size_t>{0, 64, 128, 192, 256}));
}

bool at_once() { return true; }  // enough after every token
bool never() { return false; }

/// Does what the series wants until it wants nothing.
void complete(TimelineSeries& series, const TraceSnapshot& trace, bool (*is_enough)() = never) {
    while (series.n_missing() > 0) series.take(timeline_parts(trace, series.next_tasks({}), is_enough));
}

TEST(TimelineSeriesTest, HasTheRoutersOwnEntropyAndMargin) {
    const TraceSnapshot trace = test::demo_trace(150);
    TimelineSeries series;
    series.set_subject({.trace = trace, .identity = 1, .layer = 2});
    complete(series, trace);
    ASSERT_EQ(series.n_known(), 150u);
    const double uniform = std::log(16.0);
    for (std::size_t position = 0; position < 150; ++position) {
        double entropy = 0, least_margin = 1;
        for (std::size_t layer = 0; layer < 6; ++layer) {
            const std::optional<RouterCertainty> certainty = router_certainty(trace, position, layer);
            entropy += *certainty->entropy / uniform / 6;
            least_margin = std::min(least_margin, *certainty->margin);
        }
        const auto at = [&](const TimelineTrack& track) { return track.over(position, position + 1); };
        EXPECT_NEAR(at(series.entropy()).mean(), entropy, kFloatTolerance);
        EXPECT_NEAR(at(series.margin()).low, least_margin, kFloatTolerance);
        const std::optional<RouterCertainty> own = router_certainty(trace, position, 2);
        EXPECT_NEAR(at(series.layer_margin()).mean(), *own->margin, kFloatTolerance);
        EXPECT_NEAR(at(series.layer_entropy()).mean(), *own->entropy / uniform, kFloatTolerance);
    }
}

TEST(TimelineSeriesTest, KnowsTheWholeLengthCoarselyFirstThenWhatIsInView) {
    const TraceSnapshot trace = test::demo_trace(20 * kChunkTokens + 5, {.n_layers = 2, .n_experts = 4});
    TimelineSeries series;
    series.set_subject({.trace = trace, .identity = 1, .layer = 1});
    std::vector<std::size_t> chunks;
    for (const TimelineTask& task : series.next_tasks({})) {
        EXPECT_EQ(task.tokens.first % kChunkTokens, 0u);
        EXPECT_EQ(task.tokens.size(), 1u);
        if (task.layer) chunks.push_back(task.tokens.first / kChunkTokens);
    }
    EXPECT_EQ(chunks, (std::vector<std::size_t>{0, 16, 8, 4, 12, 20, 2,  6,  10, 14, 18,
                                                1, 3,  5, 7, 9,  11, 13, 15, 17, 19}));
    series.take(timeline_parts(trace, series.next_tasks({}), never));
    EXPECT_EQ(series.n_known(), chunks.size());
    const std::vector<TimelineTask> in_view = series.next_tasks(TokenRange{.first = 200, .end = 260});
    ASSERT_EQ(in_view.size(), 4u);  // chunks 3 and 4, the layer and all of them
    EXPECT_EQ(in_view.front().tokens, (TokenRange{.first = 3 * kChunkTokens + 1, .end = 4 * kChunkTokens}));
    series.take(timeline_parts(trace, in_view, never));
    EXPECT_EQ(series.next_tasks(TokenRange{.first = 200, .end = 260}).front().tokens.first, 1u) << "the rest";
}

/// With scores, and without.
class TimelineOrderTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Traces, TimelineOrderTest, testing::Bool());

TEST_P(TimelineOrderTest, IsTheSameInWhateverOrderItWasWorkedOut) {
    const test::DemoTraceOptions options{.n_layers = 3, .n_experts = 8, .has_logits = GetParam()};
    const TraceSnapshot trace = test::demo_trace(40 * kChunkTokens + 11, options);
    TimelineSeries one, other;
    for (TimelineSeries* series : {&one, &other})
        series->set_subject({.trace = trace, .identity = 1, .layer = 1});
    complete(one, trace);
    // Shuffled, some twice, some cut short, and with views that change.
    Rng rng(7);
    while (other.n_missing() > 0) {
        const std::size_t first = rng.below(trace.n_routed());
        std::vector<TimelineTask> tasks = other.next_tasks(TokenRange{.first = first, .end = first + 100});
        for (std::size_t i = tasks.size(); i > 1; --i) std::swap(tasks[i - 1], tasks[rng.below(i)]);
        tasks.resize(std::min<std::size_t>(tasks.size(), 7));
        const std::vector<TimelinePart> parts =
            timeline_parts(trace, tasks, rng.below(3) == 0 ? at_once : never);
        other.take(parts);
        if (rng.below(4) == 0) other.take(parts);
    }
    for (int n = 0; n < 300; ++n) {
        const std::size_t first = rng.below(trace.n_routed());
        const std::size_t end = first + rng.below(trace.n_routed() - first + 1);
        const auto expect_same = [&](const TimelineTrack& a, const TimelineTrack& b) {
            ASSERT_EQ(a.n_tokens(), b.n_tokens());
            if (a.n_tokens() == 0) return;
            const Spread x = a.over(first, end), y = b.over(first, end);
            EXPECT_EQ(std::tie(x.low, x.high, x.sum, x.count), std::tie(y.low, y.high, y.sum, y.count));
        };
        expect_same(one.entropy(), other.entropy());
        expect_same(one.overlap(), other.overlap());
        expect_same(one.margin(), other.margin());
        expect_same(one.layer_entropy(), other.layer_entropy());
        expect_same(one.layer_overlap(), other.layer_overlap());
        expect_same(one.layer_margin(), other.layer_margin());
    }
}

TEST(TimelineSeriesTest, KeepsWhatItKnowsOfARunThatGrowsAndBeginsAnewForAnother) {
    const std::shared_ptr<TraceStore> store = test::demo_store({});
    test::append_demo_tokens(*store, 70, {});
    TimelineSeries series;
    series.set_subject({.trace = store->snapshot(), .identity = 1, .layer = 0});
    const std::vector<TimelinePart> of_layer_0 =
        timeline_parts(store->snapshot(), series.next_tasks({}), never);
    complete(series, store->snapshot());
    test::append_demo_tokens(*store, 10, {});
    series.set_subject({.trace = store->snapshot(), .identity = 1, .layer = 0});
    EXPECT_EQ(series.n_known(), 70u);
    EXPECT_EQ(series.n_missing(), 10u);
    complete(series, store->snapshot(), at_once);
    EXPECT_EQ(series.n_known(), 80u);
    series.set_subject({.trace = store->snapshot(), .identity = 1, .layer = 3});
    EXPECT_EQ(series.entropy().n_tokens(), 80u) << "another layer leaves the sum of all";
    EXPECT_EQ(series.layer_entropy().n_tokens(), 0u);
    series.take(of_layer_0);
    EXPECT_EQ(series.layer_entropy().n_tokens(), 0u) << "an answer that came too late";
    series.set_subject({.trace = test::demo_trace(5), .identity = 2, .layer = 3});
    EXPECT_EQ(series.n_known(), 0u);
}

/// Two tokens of a prompt, read at 1 s, the one chosen then, then one after half a second and one after a
/// quarter.
TraceSnapshot timed_trace() {
    TraceStore store({}, TraceGating::Softmax);
    const std::vector<TokenRecord> tokens{
        {.id = 1, .bytes = "a", .phase = Phase::Prefill, .t_ns = 999'999'000, .logprob = {}},
        {.id = 2, .bytes = "b", .phase = Phase::Prefill, .t_ns = 1'000'000'000, .logprob = {}},
        {.id = 2, .bytes = "c", .phase = Phase::Decode, .t_ns = 1'000'001'000, .logprob = {}},
        {.id = 3, .bytes = "c", .phase = Phase::Decode, .t_ns = 1'500'001'000, .logprob = {}},
        {.id = 4, .bytes = "d", .phase = Phase::Decode, .t_ns = 1'750'001'000, .logprob = {}}};
    store.append_tokens(tokens);
    return store.snapshot();
}

TEST(TokenDensityTest, OneTokenThatCameAtOnceDoesNotFlattenTheOthers) {
    using Densities = std::vector<std::optional<double>>;
    EXPECT_EQ(density_scale_end(Densities{}), 0);
    EXPECT_EQ(density_scale_end(Densities{std::nullopt, std::nullopt}), 0);
    EXPECT_EQ(density_scale_end(Densities{std::nullopt, 8, 9, 7, 12}), 12);
    EXPECT_EQ(density_scale_end(Densities{8, 7, 900, std::nullopt, 9, 8}), 16);
}

TEST(TokenDensityTest, CountsGeneratedTokensPerSecondOfWallTime) {
    const TraceSnapshot trace = timed_trace();
    EXPECT_FALSE(token_density(trace, 2, 3).has_value()) << "chosen with the prompt's end";
    EXPECT_DOUBLE_EQ(*token_density(trace, 3, 4), 2.0);
    EXPECT_DOUBLE_EQ(*token_density(trace, 4, 5), 4.0);
    EXPECT_DOUBLE_EQ(*token_density(trace, 2, 5), 2 / 0.75);
    EXPECT_FALSE(token_density(trace, 0, 2).has_value()) << "a prompt is read in one piece";
    EXPECT_FALSE(token_density(test::demo_trace(40), 36, 40).has_value()) << "no times";
    EXPECT_TRUE(has_token_times(trace));
    EXPECT_FALSE(has_token_times(test::demo_trace(40)));
    EXPECT_FALSE(has_token_times(test::demo_trace(20))) << "of a prompt neither";
    EXPECT_FALSE(has_token_times({}));
}

/// The view with a run of 100 tokens, 40 to 60 of them in the picture.
class TimelineViewTest : public testing::Test {
  protected:
    void SetUp() override {
        view_.resize(800, 140);
        model_ = {.trace = test::demo_trace(100),
                  .identity = 1,
                  .selected = 3,
                  .visible = TokenRange{.first = 40, .end = 60}};
        view_.set_model(model_);
        view_.show();
    }
    QPoint at(double token, int y = 70) {
        return {static_cast<int>(view_.layout_now().axis.pixel_from_token(token + 0.5)), y};
    }

    TimelineView view_;
    TimelineModel model_;
};

TEST_F(TimelineViewTest, SelectsTheTokenThatIsClickedAndThoseDraggedOver) {
    QSignalSpy chosen(&view_, &TimelineView::token_chosen);
    QSignalSpy scrubbed(&view_, &TimelineView::token_scrubbed);
    QTest::mousePress(&view_, Qt::LeftButton, {}, at(10));
    QTest::mouseMove(&view_, at(90));
    QTest::mouseRelease(&view_, Qt::LeftButton, {}, at(90));
    ASSERT_EQ(chosen.count(), 1);
    EXPECT_EQ(chosen.first().at(0).toULongLong(), 10u);
    ASSERT_GE(scrubbed.count(), 1);
    EXPECT_EQ(scrubbed.last().at(0).toULongLong(), 90u);
}

TEST_F(TimelineViewTest, MovesTheViewByItsBracket) {
    QSignalSpy dragged(&view_, &TimelineView::view_dragged);
    QTest::mousePress(&view_, Qt::LeftButton, {}, at(45, 12));
    QTest::mouseMove(&view_, at(75, 12));
    ASSERT_GE(dragged.count(), 2);
    EXPECT_EQ(dragged.first().at(0).toULongLong(), 50u) << "it stays where it was taken hold of";
    EXPECT_EQ(dragged.last().at(0).toULongLong(), 80u);
}

TEST_F(TimelineViewTest, ChoosesARangeWithShiftInEitherDirection) {
    QSignalSpy chosen(&view_, &TimelineView::range_chosen);
    QTest::mousePress(&view_, Qt::LeftButton, Qt::ShiftModifier, at(30));
    QTest::mouseMove(&view_, at(20));
    ASSERT_GE(chosen.count(), 2);
    EXPECT_EQ(chosen.last().at(0).value<TokenRange>(), (TokenRange{.first = 20, .end = 31}));
    QSignalSpy given_up(&view_, &TimelineView::range_given_up);
    QTest::mouseDClick(&view_, Qt::LeftButton, {}, at(50));
    EXPECT_EQ(given_up.count(), 1);
}

TEST_F(TimelineViewTest, FillsInWhileTheEventLoopRuns) {
    EXPECT_TRUE(QTest::qWaitFor([this] { return view_.is_settled(); }));
    EXPECT_EQ(view_.series().n_known(), 100u);
}

TEST_F(TimelineViewTest, IsOfTheRunThatIsShownHoweverOftenItChanges) {
    for (std::uint64_t identity = 2; identity < 40; ++identity) {
        model_.trace = test::demo_trace(400 + identity, {.has_logits = true});
        model_.identity = identity;
        model_.layer = identity % 6;
        view_.set_model(model_);
        if (identity % 3 == 0) QCoreApplication::processEvents();
    }
    EXPECT_TRUE(QTest::qWaitFor([this] { return view_.is_settled(); }));
    EXPECT_EQ(view_.series().n_known(), 439u);
    const Spread margin = view_.series().layer_margin().over(438, 439);
    EXPECT_NEAR(margin.mean(), *router_certainty(model_.trace, 438, 39 % 6)->margin, kFloatTolerance);
}

TEST_F(TimelineViewTest, WorksOnlyWhileItIsShown) {
    view_.hide();
    model_.identity = 2;
    view_.set_model(model_);
    EXPECT_TRUE(view_.is_settled());
    EXPECT_EQ(view_.series().n_known(), 0u);
    view_.show();
    EXPECT_TRUE(QTest::qWaitFor([this] { return view_.is_settled(); }));
    EXPECT_EQ(view_.series().n_known(), 100u);
}

}  // namespace
}  // namespace moe::app
