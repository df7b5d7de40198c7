#include "tests/app/picture_view_fixture.h"  // first: it includes Vulkan before Qt

#include <QAccessible>
#include <QKeyEvent>
#include <QSignalSpy>
#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace moe::app {
namespace {

constexpr double kDifferentPixelShare = 0.005;  // of blended edges, between the two back ends
constexpr int kDifferentChannel = 8;

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
