#include "tests/app/picture_view_fixture.h"  // first: it includes Vulkan before Qt

#include <QSignalSpy>
#include <algorithm>

#include "app/viewport/arranger.h"
#include "app/viewport/color_range_dialog.h"
#include "engine/stats/expert_load.h"

namespace moe::app {
namespace {

using PictureOptionsTest = PictureViewTest;

TEST_F(PictureOptionsTest, ChoosingInTheStripChangesTheOptions) {
    QSignalSpy spy(view_.get(), &PictureView::options_changed);
    click(QPoint(60, 17));  // opens the list "Show"
    click(QPoint(60, 72));  // its second entry
    ASSERT_EQ(spy.count(), 1);
    EXPECT_EQ(view_->options().value, render::HeatmapValue::Score);
    EXPECT_EQ(selected_, render::CellRef{}) << "a click on a list is none on the picture";
}

TEST_F(PictureOptionsTest, QuickClickIsSeenByTheStrip) {
    move_to(QPoint(60, 17));
    QTest::mouseClick(view_->windowHandle(), Qt::LeftButton, {}, QPoint(60, 17));
    settle();
    const QImage open_list = view_->picture();
    QTest::keyClick(view_->windowHandle(), Qt::Key_Escape);
    settle();
    EXPECT_NE(open_list, view_->picture());
}

TEST_F(PictureOptionsTest, ARangeFitsWhatIsInViewAndBelongsToItsValue) {
    QSignalSpy spy(view_.get(), &PictureView::options_changed);
    view_->fit_color_range();
    settle();
    const render::ColorScale fitted = view_->options().scale;
    EXPECT_EQ(spy.count(), 1);
    EXPECT_GT(fitted.low, 0.0f);
    EXPECT_LT(fitted.low, fitted.high);
    PictureOptions options = view_->options();
    options.value = render::HeatmapValue::Rank;
    view_->set_options(options);
    EXPECT_EQ(view_->options().scale, render::ColorScale()) << "ranks have a range of their own";
    view_->fit_color_range();
    view_->reset_color_range();
    EXPECT_EQ(view_->options().scale, render::ColorScale());
}

TEST_F(PictureOptionsTest, ColorRangeIsSetByNumbersInTheirUnit) {
    ColorRangeDialog weights(view_.get());
    weights.high()->setValue(0.25);
    EXPECT_FLOAT_EQ(view_->options().scale.high, 0.25f);
    PictureOptions options = view_->options();
    options.value = render::HeatmapValue::LoadDifference;
    view_->set_options(options);
    ColorRangeDialog differences(view_.get());
    EXPECT_EQ(differences.high()->value(), render::kLoadAtWhite);
    differences.high()->setValue(1.0);
    EXPECT_FLOAT_EQ(view_->options().scale.high, static_cast<float>(1.0 / render::kLoadAtWhite));
}

TEST_F(PictureOptionsTest, AClickFindsTheExpertThatWasSortedThere) {
    const TraceSnapshot& trace = view_->model().trace;
    const ExpertCounts load = tokens_per_expert(trace, /*layer=*/1, 0, trace.n_routed());
    const auto most = static_cast<std::size_t>(std::ranges::max_element(load) - load.begin());
    PictureOptions options = view_->options();
    options.arrangement.sort = render::ExpertSort::ByLoad;
    view_->set_options(options);
    settle();
    const std::size_t token = view_->visible_tokens().value().first;
    click(point_of(token, 1, 0));  // where expert 0 was by id
    EXPECT_EQ(selected_.layer, 1u);
    EXPECT_EQ(selected_.expert, most);
    options.arrangement.hidden.insert({1, most});
    view_->set_options(options);
    settle();
    click(point_of(token, 1, 0));
    EXPECT_NE(selected_.expert, most);
}

TEST_F(PictureOptionsTest, SortsALongRunBesideAndTheLastWishCounts) {
    model_.trace = test::demo_trace(45'000);
    view_->set_model(model_);
    PictureOptions options = view_->options();
    options.arrangement.sort = render::ExpertSort::ByLoad;
    view_->set_options(options);
    options.arrangement.sort = render::ExpertSort::BySimilarity;
    ASSERT_TRUE(Arranger::is_long_work(model_.trace, options.arrangement));
    view_->set_options(options);
    EXPECT_FALSE(view_->is_settled());
    settle();
    const auto expected = render::arranged(model_.trace, model_.trace.shape(), options.arrangement);
    const std::size_t token = view_->visible_tokens().value().first;
    for (const std::size_t position : {0u, 7u, 15u}) {
        click(point_of(token, 1, position));
        EXPECT_EQ(selected_.expert, expected->expert_at(1, position));
    }
    view_->set_options(options = {});
    options.arrangement.sort = render::ExpertSort::BySimilarity;
    view_->set_options(options);
    view_->set_options({});
    settle();
    click(point_of(token, 1, 7));
    EXPECT_EQ(selected_.expert, 7u) << "sorted by id again before the answer came";
}

TEST_F(PictureOptionsTest, LegendHandleMovesTheWhitePointAndADoubleClickResetsIt) {
    // 10 of margin, two switches of 30, a gap, the label of 26, a gap; then the bar of 128.
    const int bar_right = view_->width() - 10 - (30 + 4 + 30) - 6 - 26 - 6;
    move_to(QPoint(bar_right, 20));
    QTest::mousePress(view_->windowHandle(), Qt::LeftButton, {}, QPoint(bar_right, 20));
    settle();
    move_to(QPoint(bar_right - 64, 20));
    QTest::mouseRelease(view_->windowHandle(), Qt::LeftButton, {}, QPoint(bar_right - 64, 20));
    settle();
    EXPECT_NEAR(view_->options().scale.high, 0.5f, 0.01f);
    QTest::mouseDClick(view_->windowHandle(), Qt::LeftButton, {}, QPoint(bar_right - 64, 20));
    settle();
    EXPECT_EQ(view_->options().scale.high, 1.0f);
}

}  // namespace
}  // namespace moe::app
