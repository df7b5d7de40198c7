#include "app/viewport/path_view.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include "app/shell/path_dock.h"
#include "engine/stats/router_entropy.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

PathModel at(const TraceSnapshot& trace, std::size_t token, bool reduced_motion = true) {
    return {.trace = trace,
            .selection = {.token = token, .layer = 2, .expert = std::nullopt},
            .reduced_motion = reduced_motion};
}

class PathViewTest : public testing::Test {
  protected:
    PathViewTest() {
        view_.resize(320, 240);
        QObject::connect(&view_, &PathView::expert_chosen,
                         [this](std::size_t layer, std::optional<std::size_t> expert) {
                             chosen_ = {layer, expert};
                         });
        view_.set_model(at(trace_, 5));
        view_.show();
    }
    QPointF place_of(std::size_t layer, double expert) const {
        const render::PathLayout layout = view_.layout_now();
        return {layout.x(expert), layout.y(static_cast<double>(layer))};
    }

    TraceSnapshot trace_ = test::demo_trace(12);
    PathView view_;
    std::pair<std::size_t, std::optional<std::size_t>> chosen_;
};

TEST_F(PathViewTest, AClickOnASquareChoosesItsLayerAndExpert) {
    const std::uint16_t expert = trace_.experts(5, 3)[1];
    QTest::mouseClick(&view_, Qt::LeftButton, {}, place_of(3, expert).toPoint());
    EXPECT_EQ(chosen_.first, 3u);
    EXPECT_EQ(chosen_.second, expert);
}

TEST_F(PathViewTest, SaysTheNumbersOfAnExpertAndOfARibbon) {
    const std::uint16_t expert = trace_.experts(5, 3)[0];
    const QString words = view_.words_at(place_of(3, expert));
    EXPECT_TRUE(words.contains(QStringLiteral("expert %1").arg(expert)));
    EXPECT_TRUE(words.contains(
        QString::number(static_cast<double>(trace_.weights(5, 3)[0]), 'f', 3)))
        << qPrintable(words);
    const QString ribbon = view_.words_of({.layer = 3, .slot = 0, .next_slot = 1});
    const double product = static_cast<double>(trace_.weights(5, 3)[0]) * static_cast<double>(trace_.weights(5, 4)[1]);
    EXPECT_TRUE(ribbon.contains(QString::number(product, 'f', 3))) << qPrintable(ribbon);
}

TEST_F(PathViewTest, SaysHowTheRunnerUpsMarginStandsInTheRun) {
    const TraceSnapshot trace = test::demo_trace(100);
    PathModel model = at(trace, 5);
    std::size_t token = 0;  // with the smallest margin
    const auto margin_of = [&](std::size_t position) {
        return *router_certainty(trace, position, 3)->margin;
    };
    for (std::size_t position = 1; position < 100; ++position)
        if (margin_of(position) < margin_of(token)) token = position;
    for (const std::size_t position : {token, std::size_t{5}}) {
        model.selection.token = position;
        model.margins = std::make_shared<MarginSample>();
        view_.set_model(model);
        const render::PathHit hit{.layer = 3, .expert = view_.path().layers[3].runner_up};
        EXPECT_TRUE(view_.words_of(hit).contains("Runner-up: the best ranked"))
            << qPrintable(view_.words_of(hit));
        EXPECT_FALSE(view_.words_of(hit).contains("near miss", Qt::CaseInsensitive));
        model.margins = std::make_shared<MarginSample>(MarginSample::of(trace, 100));
        view_.set_model(model);
        EXPECT_TRUE(view_.words_of(hit).contains(position == token
                                                     ? "\nNear miss: margin 1 of the layer's 100, smallest first"
                                                     : "; near misses are the smallest tenth"))
            << qPrintable(view_.words_of(hit));
    }
}

TEST_F(PathViewTest, ArrowsGoThroughLayersAndChosenExperts) {
    QTest::keyClick(&view_, Qt::Key_Down);
    EXPECT_EQ(chosen_.first, 3u);
    EXPECT_EQ(chosen_.second, trace_.experts(5, 3)[0]);
    QTest::keyClick(&view_, Qt::Key_Right);
    EXPECT_EQ(chosen_.first, 2u) << "the selection is the window's, which has not moved it";
}

TEST_F(PathViewTest, MovesToTheNextTokenUnlessMotionIsReduced) {
    view_.set_model(at(trace_, 7, /*reduced_motion=*/false));
    EXPECT_TRUE(view_.is_moving());
    ASSERT_TRUE(QTest::qWaitFor([this] { return !view_.is_moving(); }, 60000));
    EXPECT_EQ(view_.path().layers[0].chosen[0].expert, trace_.experts(7, 0)[0]);
    view_.set_model(at(trace_, 8, /*reduced_motion=*/true));
    EXPECT_FALSE(view_.is_moving());
}

TEST_F(PathViewTest, TellsItsSelectionInWords) {
    EXPECT_TRUE(view_.accessibleDescription().contains(QStringLiteral("token 5")));
    EXPECT_TRUE(view_.accessibleDescription().contains(QStringLiteral("layer 2")));
    EXPECT_TRUE(view_.accessibleDescription().contains(
        QStringLiteral("layer 5: %1 with").arg(trace_.experts(5, 5)[0])))
        << qPrintable(view_.accessibleDescription());
}

TEST(PathDockTest, SaysWhyThereIsNothingOrLess) {
    PathDock dock;
    EXPECT_TRUE(dock.title_bar()->note().isEmpty());
    dock.set_model(at(test::demo_trace(12, {.has_weights = false, .has_logits = false}), 3));
    EXPECT_TRUE(dock.title_bar()->note().contains(QStringLiteral("no weights")));
}

}  // namespace
}  // namespace moe::app
