#include "app/viewport/picture_view.h"
#include "app/viewport/arranger.h"
#include "app/viewport/color_range_dialog.h"

#include <gtest/gtest.h>

#include <QAccessible>
#include <QApplication>
#include <QKeyEvent>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>
#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "engine/stats/expert_load.h"
#include "render/scene/panel_layout.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

constexpr QSize kSize(1100, 740);
constexpr std::size_t kTokens = 203;
constexpr int kFrameTimeoutMs = 60000;          // a software renderer on a busy machine
constexpr double kDifferentPixelShare = 0.005;  // of blended edges, between the two back ends
constexpr int kDifferentChannel = 8;

/// A view on the screen with a made-up run, and a hand that uses it.
class PictureViewTest : public testing::Test {
  protected:
    void SetUp() override { open(PictureView::Backend::Software); }

    void open(PictureView::Backend backend, std::size_t n_tokens = kTokens) {
        view_ = std::make_unique<PictureView>(backend);
        QObject::connect(view_.get(), &PictureView::hovered,
                         [this](const render::CellRef& cell) { hovered_ = cell; });
        QObject::connect(view_.get(), &PictureView::selected,
                         [this](const render::CellRef& cell) { selected_ = cell; });
        QObject::connect(view_.get(), &PictureView::frame_done, [this] { ++n_frames_; });
        view_->resize(kSize);
        model_.trace = test::demo_trace(n_tokens);
        view_->set_model(model_);
        view_->show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(view_.get()));
        settle();
    }

    void settle() {
        ASSERT_TRUE(
            QTest::qWaitFor([this] { return view_->is_settled() && n_frames_ > 0; }, kFrameTimeoutMs));
    }

    /// The layout of what is shown. In these tests the heatmap's top edge is a row's.
    render::PanelLayout layout() const {
        render::FrameInput input;
        input.width = view_->width();
        input.height = view_->height();
        input.trace = view_->model().trace;
        return render::panel_layout(input);
    }

    QPoint point_of(std::size_t token, std::size_t layer, std::size_t expert, int row_pixels = 15) const {
        const render::PanelLayout panels = layout();
        const auto first = view_->visible_tokens().value().first;
        const auto column = panels.columns.pixel_from_expert(layer, expert).value();
        return QPoint(panels.heatmap.x + static_cast<int>(column) + panels.columns.axis.column_pixels / 2,
                      panels.heatmap.y + static_cast<int>(token - first) * row_pixels + row_pixels / 2);
    }

    void move_to(QPoint point) {
        QTest::mouseMove(view_->windowHandle(), point + QPoint(1, 0));  // the same place twice gives no event
        QTest::mouseMove(view_->windowHandle(), point);
        settle();
    }

    void click(QPoint point) {
        move_to(point);
        QTest::mouseClick(view_->windowHandle(), Qt::LeftButton, {}, point);
        settle();
    }

    void turn_wheel(QPoint point, int notches, Qt::KeyboardModifiers modifiers = {}) {
        QWheelEvent event(point, view_->mapToGlobal(point), QPoint(), QPoint(0, notches * 120), Qt::NoButton,
                          modifiers, Qt::NoScrollPhase, /*inverted=*/false);
        QApplication::sendEvent(view_.get(), &event);
        settle();
    }

    PictureModel model_;
    std::unique_ptr<PictureView> view_;
    render::CellRef hovered_;
    render::CellRef selected_;
    int n_frames_ = 0;
};

double share_of_different_pixels(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) return 1.0;
    std::size_t n_different = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y);
            const QRgb q = b.pixel(x, y);
            const int worst = std::max({std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)),
                                        std::abs(qBlue(p) - qBlue(q))});
            if (worst > kDifferentChannel) ++n_different;
        }
    }
    return static_cast<double>(n_different) / (static_cast<double>(a.width()) * a.height());
}

TEST_F(PictureViewTest, ShowsAPictureAsLargeAsItself) {
    EXPECT_EQ(view_->picture().size(), kSize * view_->devicePixelRatioF());
    EXPECT_GT(view_->last_frame_ms(), 0.0);
    EXPECT_EQ(view_->backend_description(), QStringLiteral("Software: asked for"));
}

TEST_F(PictureViewTest, FollowsTheNewestTokens) {
    EXPECT_EQ(view_->visible_tokens().value().second, kTokens);
    const auto store = test::demo_store({});
    for (std::size_t n = 1; n <= 40; ++n) {
        test::append_demo_tokens(*store, 7, {});
        model_.trace = store->snapshot();
        view_->set_model(model_);
        settle();
        ASSERT_EQ(view_->visible_tokens().value().second, 7 * n);
    }
}

TEST_F(PictureViewTest, HoverNamesTheCellUnderThePointer) {
    for (const auto& [token, layer, expert] : {std::tuple{190, 0, 0}, {195, 3, 7}, {202, 5, 15}}) {
        move_to(point_of(static_cast<std::size_t>(token), static_cast<std::size_t>(layer),
                         static_cast<std::size_t>(expert)));
        EXPECT_EQ(hovered_, (render::CellRef{.token = token, .layer = layer, .expert = expert}));
    }
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(view_.get(), &leave);
    settle();
    EXPECT_EQ(hovered_, render::CellRef{});
}

TEST_F(PictureViewTest, ClickSelectsExactlyTheCell) {
    Rng rng(1);
    const auto [first, end] = view_->visible_tokens().value();
    for (int i = 0; i < 12; ++i) {
        const render::CellRef cell{
            .token = first + rng.next() % (end - first), .layer = rng.next() % 6, .expert = rng.next() % 16};
        click(point_of(*cell.token, *cell.layer, *cell.expert));
        EXPECT_EQ(selected_, cell);
    }
}

TEST_F(PictureViewTest, ClickOutsideTheMapSelectsTheTokenTheLayerOrTheColumn) {
    const render::PanelLayout panels = layout();
    click(QPoint(panels.gutter.x + 50, point_of(195, 0, 0).y()));
    EXPECT_EQ(selected_, (render::CellRef{.token = 195, .layer = {}, .expert = {}}));
    click(QPoint(point_of(195, 4, 2).x(), panels.header.y + 8));
    EXPECT_EQ(selected_.layer, 4U);
    EXPECT_FALSE(selected_.token.has_value());
    click(QPoint(point_of(195, 2, 9).x(), panels.load_bars.bottom() - 4));
    EXPECT_EQ(selected_, (render::CellRef{.token = {}, .layer = 2, .expert = 9}));
}

TEST_F(PictureViewTest, DragMovesThePictureAndSelectsNothing) {
    const auto before = view_->visible_tokens().value();
    const QPoint start = point_of(190, 2, 2);
    move_to(start);
    QTest::mousePress(view_->windowHandle(), Qt::LeftButton, {}, start);
    for (int step = 1; step <= 10; ++step)
        QTest::mouseMove(view_->windowHandle(), start + QPoint(0, 15 * step));
    QTest::mouseRelease(view_->windowHandle(), Qt::LeftButton, {}, start + QPoint(0, 150));
    settle();
    EXPECT_EQ(view_->visible_tokens().value().first, before.first - 10);
    EXPECT_EQ(selected_, render::CellRef{});
}

TEST_F(PictureViewTest, ScrollingUpStopsFollowingOnce) {
    QSignalSpy spy(view_.get(), &PictureView::follow_changed);
    const auto before = view_->visible_tokens().value();
    turn_wheel(point_of(190, 0, 0), -2);  // down: there is nothing below
    EXPECT_EQ(spy.count(), 0);
    turn_wheel(point_of(190, 0, 0), 2);
    turn_wheel(point_of(190, 0, 0), 1);
    ASSERT_EQ(spy.count(), 1);
    EXPECT_FALSE(spy[0][0].toBool());
    EXPECT_EQ(view_->visible_tokens().value().first, before.first - 9);  // three rows a notch
}

TEST_F(PictureViewTest, ZoomAboutTheCursorKeepsTheToken) {
    model_.follows = false;
    view_->set_model(model_);
    view_->scroll_to_token(100);
    settle();
    const QPoint point(400, 300);
    move_to(point);
    const render::CellRef before = hovered_;
    for (const int notches : {1, 1, -1, -1, -1, 1}) {
        turn_wheel(point, notches, Qt::ControlModifier);
        EXPECT_EQ(hovered_.token, before.token);
    }
    turn_wheel(point, 2, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(hovered_.layer, before.layer);
    EXPECT_EQ(hovered_.expert, before.expert);
}

TEST_F(PictureViewTest, DoubleClickShowsTheWholeRunAndGoesBack) {
    const QPoint point = point_of(190, 1, 1);
    move_to(point);
    QTest::mouseDClick(view_->windowHandle(), Qt::LeftButton, {}, point);
    settle();
    EXPECT_EQ(view_->visible_tokens().value(), std::pair(std::size_t{0}, kTokens));
    QTest::mouseDClick(view_->windowHandle(), Qt::LeftButton, {}, point);
    settle();
    EXPECT_GT(view_->visible_tokens().value().first, 0U);
}

TEST_F(PictureViewTest, SurvivesAStormOfSizes) {
    for (int i = 0; i < 24; ++i) view_->resize(480 + 97 * (i % 9), 240 + 61 * (i % 7));
    view_->resize(640, 480);
    settle();
    EXPECT_TRUE(
        QTest::qWaitFor([this] { return view_->picture().size() == QSize(640, 480); }, kFrameTimeoutMs));
    EXPECT_EQ(view_->visible_tokens().value().second, kTokens);
}

TEST_F(PictureViewTest, ShowsWhatChangedWhileItWasHidden) {
    view_->hide();
    model_.trace = test::demo_trace(300);
    view_->set_model(model_);
    EXPECT_TRUE(QTest::qWaitFor([this] { return view_->is_settled(); }, kFrameTimeoutMs));
    view_->show();
    EXPECT_TRUE(
        QTest::qWaitFor([this] { return view_->visible_tokens().value().second == 300; }, kFrameTimeoutMs));
}

TEST_F(PictureViewTest, DrawsNothingWhileNothingChanges) {
    move_to(point_of(190, 1, 1));
    const int before = n_frames_;
    view_->set_model(model_);
    view_->set_options(view_->options());
    for (int turn = 0; turn < 1000; ++turn) QApplication::processEvents();
    EXPECT_EQ(n_frames_, before);
    EXPECT_TRUE(view_->is_settled());
}

TEST_F(PictureViewTest, ChoosingInTheStripChangesTheOptions) {
    QSignalSpy spy(view_.get(), &PictureView::options_changed);
    click(QPoint(60, 17));  // opens the list "Show"
    click(QPoint(60, 72));  // its second entry
    ASSERT_EQ(spy.count(), 1);
    EXPECT_EQ(view_->options().value, render::HeatmapValue::Score);
    EXPECT_EQ(selected_, render::CellRef{}) << "a click on a list is none on the picture";
}

TEST_F(PictureViewTest, QuickClickIsSeenByTheStrip) {
    move_to(QPoint(60, 17));
    QTest::mouseClick(view_->windowHandle(), Qt::LeftButton, {}, QPoint(60, 17));
    settle();
    const QImage open_list = view_->picture();
    QTest::keyClick(view_->windowHandle(), Qt::Key_Escape);
    settle();
    EXPECT_NE(open_list, view_->picture());
}

TEST_F(PictureViewTest, ARangeFitsWhatIsInViewAndBelongsToItsValue) {
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

TEST_F(PictureViewTest, ColorRangeIsSetByNumbersInTheirUnit) {
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

TEST_F(PictureViewTest, AClickFindsTheExpertThatWasSortedThere) {
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

TEST_F(PictureViewTest, SortsALongRunBesideAndTheLastWishCounts) {
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

TEST_F(PictureViewTest, LegendHandleMovesTheWhitePointAndADoubleClickResetsIt) {
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

TEST_F(PictureViewTest, LeavesTheWindowsKeysAlone) {
    for (const int key : {Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down, Qt::Key_Space, Qt::Key_Home,
                          Qt::Key_End, Qt::Key_Escape}) {
        QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
        QApplication::sendEvent(view_.get(), &event);
        EXPECT_FALSE(event.isAccepted()) << key;
    }
}

TEST_F(PictureViewTest, PageKeysScrollAndPlusZooms) {
    const auto before = view_->visible_tokens().value();
    QTest::keyClick(view_.get(), Qt::Key_PageUp);
    settle();
    const auto page_up = view_->visible_tokens().value();
    EXPECT_LT(page_up.first, before.first);
    QTest::keyClick(view_.get(), Qt::Key_Plus);
    settle();
    const auto zoomed = view_->visible_tokens().value();
    EXPECT_LT(zoomed.second - zoomed.first, page_up.second - page_up.first);
}

TEST_F(PictureViewTest, ShowsAFrameWhenTheKeyboardBroughtTheFocus) {
    const auto corner = [this] { return view_->picture().pixelColor(0, view_->height() / 2); };
    const QColor accent(model_.theme.accent.r, model_.theme.accent.g, model_.theme.accent.b);
    QFocusEvent by_mouse(QEvent::FocusIn, Qt::MouseFocusReason);
    QApplication::sendEvent(view_.get(), &by_mouse);
    settle();
    EXPECT_NE(corner(), accent);
    QFocusEvent by_tab(QEvent::FocusIn, Qt::TabFocusReason);
    QApplication::sendEvent(view_.get(), &by_tab);
    settle();
    EXPECT_EQ(corner(), accent);
}

TEST_F(PictureViewTest, ChipLeadsBackToASelectionOutOfView) {
    model_.selection = {.token = 10, .layer = 2, .expert = {}};
    view_->set_model(model_);
    settle();
    const render::PanelLayout panels = layout();
    click(QPoint(panels.heatmap.x + 30, panels.heatmap.y + 20));
    const auto [first, end] = view_->visible_tokens().value();
    EXPECT_LE(first, 10U);
    EXPECT_GT(end, 10U);
    EXPECT_EQ(selected_, render::CellRef{});
}

TEST_F(PictureViewTest, SpeaksTheSelection) {
    model_.selection = {.token = 3, .layer = 2, .expert = {}};
    view_->set_model(model_);
    QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(view_.get());
    ASSERT_NE(spoken, nullptr);
    EXPECT_EQ(spoken->role(), QAccessible::Chart);
    EXPECT_EQ(spoken->text(QAccessible::Name), QStringLiteral("Routing heatmap"));
    EXPECT_TRUE(
        spoken->text(QAccessible::Value).startsWith(QStringLiteral("token 3, apples, layer 2: experts ")));
}

TEST_F(PictureViewTest, ShowsThePromptBeforeItWasRun) {
    PictureModel empty;
    empty.planned_shape = model_.trace.shape();
    for (std::size_t i = 0; i < 12; ++i) empty.planned_tokens.push_back(test::demo_token(i));
    const QImage before = view_->picture();
    view_->set_model(empty);
    settle();
    EXPECT_NE(view_->picture(), before);
    EXPECT_FALSE(view_->visible_tokens().has_value()) << "none of them was run";
    EXPECT_EQ(hovered_, render::CellRef{});
}

TEST(PictureBackendTest, SaysWhyItFallsBackToSoftware) {
    qputenv("VK_LOADER_DRIVERS_DISABLE", "*");
    PictureView view;
    view.resize(kSize);
    view.show();
    EXPECT_TRUE(QTest::qWaitFor([&] { return !view.picture().isNull(); }, kFrameTimeoutMs));
    EXPECT_TRUE(view.backend_description().startsWith(QStringLiteral("Software: ")));
    EXPECT_GT(view.backend_description().size(), QStringLiteral("Software: ").size());
    qunsetenv("VK_LOADER_DRIVERS_DISABLE");
}

TEST(PictureBackendTest, VulkanCanBeTurnedOff) {
    qputenv("MOESCOPE_VULKAN", "off");
    PictureView view;
    view.resize(kSize);
    view.show();
    EXPECT_TRUE(QTest::qWaitFor([&] { return !view.picture().isNull(); }, kFrameTimeoutMs));
    EXPECT_EQ(view.backend_description(), QStringLiteral("Software: MOESCOPE_VULKAN is off"));
    qunsetenv("MOESCOPE_VULKAN");
}

TEST_F(PictureViewTest, BothBackEndsDrawNearlyTheSame) {
    model_.selection = {.token = 190, .layer = 3, .expert = {}};
    view_->set_model(model_);
    settle();
    const QImage software = view_->picture();
    open(PictureView::Backend::Best);
    if (view_->backend_description().startsWith(QStringLiteral("Software"))) {
        GTEST_SKIP() << "no Vulkan device here: " << view_->backend_description().toStdString();
    }
    EXPECT_LE(share_of_different_pixels(software, view_->picture()), kDifferentPixelShare);
}

}  // namespace
}  // namespace moe::app
