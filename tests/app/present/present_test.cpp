#include "app/viewport/picture_view.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QScreen>
#include <QSignalSpy>
#include <QTest>
#include <memory>

#include "render/renderer.h"
#include "tests/app/demo_trace.h"

namespace moe::app {
namespace {

constexpr QSize kSize(700, 500);
constexpr int kTimeoutMs = 60000;  // a software renderer on a busy machine

/// A view on the screen, watched by the validation layer.
class PresentTest : public testing::Test {
  protected:
    void SetUp() override {
        qputenv("MOESCOPE_VULKAN_VALIDATION", "1");
        n_messages_ = render::n_validation_messages();
    }
    void TearDown() override {
        view_.reset();
        EXPECT_EQ(render::n_validation_messages(), n_messages_) << "a validation message fails the test";
    }

    void open(PresenterChoice choice) {
        view_ = std::make_unique<PictureView>();
        view_->set_presenter(choice);
        view_->setMinimumSize(1, 1);
        view_->resize(kSize);
        model_.trace = test::demo_trace(203);
        view_->set_model(model_);
        view_->show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(view_.get()));
        ASSERT_TRUE(wait_for([this] { return is_drawn(); }));
        if (view_->backend_description().startsWith(QStringLiteral("Software")))
            GTEST_SKIP() << "no Vulkan device here: " << view_->backend_description().toStdString();
    }

    static bool wait_for(const std::function<bool()>& condition) {
        return QTest::qWaitFor(condition, kTimeoutMs);
    }
    bool is_drawn() const { return view_->is_settled() && view_->last_frame_ms() > 0; }
    void select(std::size_t token) {
        model_.selection = {.token = token, .layer = 1, .expert = {}};
        view_->set_model(model_);
    }

    std::unique_ptr<PictureView> view_;
    PictureModel model_;
    std::size_t n_messages_ = 0;
};

TEST_F(PresentTest, GoesOnAfterTheLossOfTheDevice) {
    open(PresenterChoice::ReadBack);
    const QImage before = view_->picture();
    select(150);
    ASSERT_TRUE(wait_for([this] { return is_drawn(); }));
    view_->lose_device(1);
    select(200);
    model_.selection = {};
    view_->set_model(model_);
    ASSERT_TRUE(wait_for([this] { return is_drawn(); }));
    EXPECT_EQ(view_->picture(), before);
    EXPECT_TRUE(view_->backend_description().startsWith(QStringLiteral("Vulkan: ")));
}

TEST_F(PresentTest, DrawsInSoftwareWhereTheDeviceStaysLost) {
    open(PresenterChoice::ReadBack);
    view_->lose_device(2);
    QSignalSpy changed(view_.get(), &PictureView::backend_changed);
    select(150);
    ASSERT_TRUE(wait_for([&] { return is_drawn() && !changed.isEmpty(); }));
    EXPECT_TRUE(view_->backend_description().startsWith(QStringLiteral("Software: ")));
    EXPECT_TRUE(view_->backend_description().contains(QStringLiteral("VK_ERROR_DEVICE_LOST")));
    EXPECT_FALSE(view_->picture().isNull());
}

TEST_F(PresentTest, ChangesWhereItResolvesAtOnce) {
    open(PresenterChoice::ReadBack);
    const QImage before = view_->picture();
    view_->set_resolve(render::ResolveOn::Gpu);
    ASSERT_TRUE(wait_for([this] {
        return is_drawn() && view_->backend_description().contains(QStringLiteral("GPU resolve"));
    }));
    EXPECT_EQ(view_->picture(), before);
    view_->set_resolve(render::ResolveOn::Cpu);
    ASSERT_TRUE(wait_for([this] {
        return is_drawn() && view_->backend_description().contains(QStringLiteral("CPU resolve"));
    }));
    EXPECT_EQ(view_->picture(), before);
}

TEST(PresenterChoiceTest, TakesASwapchainForAGpuUnderX11Only) {
    EXPECT_TRUE(wants_swapchain(PresenterChoice::Automatic, "xcb", /*is_cpu_device=*/false));
    EXPECT_FALSE(wants_swapchain(PresenterChoice::Automatic, "xcb", /*is_cpu_device=*/true));
    EXPECT_FALSE(wants_swapchain(PresenterChoice::Automatic, "wayland", /*is_cpu_device=*/false));
    EXPECT_TRUE(wants_swapchain(PresenterChoice::Swapchain, "xcb", /*is_cpu_device=*/true));
    EXPECT_FALSE(wants_swapchain(PresenterChoice::ReadBack, "xcb", /*is_cpu_device=*/false));
    qputenv("MOESCOPE_PRESENTER", "swapchain");
    EXPECT_TRUE(wants_swapchain(PresenterChoice::ReadBack, "offscreen", /*is_cpu_device=*/true));
    qputenv("MOESCOPE_PRESENTER", "readback");
    EXPECT_FALSE(wants_swapchain(PresenterChoice::Swapchain, "xcb", /*is_cpu_device=*/false));
    qunsetenv("MOESCOPE_PRESENTER");
}

TEST_F(PresentTest, ReadsBackWhereThePlatformHasNoSuchWindows) {
    if (QGuiApplication::platformName() != QStringLiteral("offscreen")) GTEST_SKIP() << "it has";
    open(PresenterChoice::Swapchain);
    EXPECT_FALSE(view_->is_presented());
    EXPECT_FALSE(view_->picture().isNull());
    EXPECT_TRUE(view_->backend_description().contains(QStringLiteral("read-back: "))) << "and says why";
}

/// With the swapchain of a real X server.
class SwapchainTest : public PresentTest {
  protected:
    void SetUp() override {
        PresentTest::SetUp();
        if (QGuiApplication::platformName() != QStringLiteral("xcb")) GTEST_SKIP() << "needs an X server";
        open(PresenterChoice::Swapchain);
        if (IsSkipped()) return;
        ASSERT_TRUE(settle()) << view_->backend_description().toStdString();
    }

    bool settle() {
        return wait_for([this] { return is_drawn() && view_->is_presented(); });
    }

    /// What the X server shows where the view is.
    QImage on_screen() const {
        const QPoint corner = view_->mapToGlobal(QPoint());
        return view_->screen()
            ->grabWindow(0, corner.x(), corner.y(), view_->width(), view_->height())
            .toImage()
            .convertToFormat(QImage::Format_RGB32);
    }
    bool shows_picture() {
        return wait_for([this] {
            return is_drawn() && on_screen() == view_->picture().convertToFormat(QImage::Format_RGB32);
        });
    }
};

TEST_F(SwapchainTest, ShowsThePictureThatIsReadBack) {
    EXPECT_TRUE(view_->backend_description().endsWith(QStringLiteral("swapchain")));
    EXPECT_TRUE(shows_picture());
    const QImage shown = view_->picture();
    EXPECT_EQ(shown.size(), kSize);
    EXPECT_EQ(view_->grab().toImage().convertToFormat(QImage::Format_RGB32),
              shown.convertToFormat(QImage::Format_RGB32))
        << "so that the window's own screenshot has it";
    open(PresenterChoice::ReadBack);
    EXPECT_FALSE(view_->is_presented());
    EXPECT_EQ(view_->picture(), shown);
}

TEST_F(SwapchainTest, FollowsAStormOfSizes) {
    for (int i = 0; i < 24; ++i) {
        view_->resize(300 + 37 * (i % 7), 260 + 53 * (i % 5));
        select(static_cast<std::size_t>(150 + i));
        if (i % 3 == 0) QCoreApplication::processEvents();
    }
    EXPECT_TRUE(settle());
    EXPECT_TRUE(shows_picture());
    EXPECT_EQ(view_->picture().size(), view_->size());
}

TEST_F(SwapchainTest, ComesBackAfterItWasHidden) {
    for (int i = 0; i < 4; ++i) {
        select(static_cast<std::size_t>(100 + i));
        view_->hide();
        select(static_cast<std::size_t>(110 + i));
        QCoreApplication::processEvents();
        view_->show();
        ASSERT_TRUE(settle());
    }
    EXPECT_TRUE(shows_picture());
}

TEST_F(SwapchainTest, SurvivesTheLossOfItsNativeWindow) {
    QWidget parent;
    parent.resize(800, 600);
    parent.show();
    view_->setParent(&parent);
    view_->show();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(shows_picture());
    view_->setParent(nullptr);
    view_->show();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(shows_picture());
}

TEST_F(SwapchainTest, GivesWayToAWidgetAbove) {
    QWidget above(view_.get());
    above.setAutoFillBackground(true);
    above.setGeometry(50, 60, 200, 100);
    above.show();
    ASSERT_TRUE(wait_for([this] { return is_drawn() && !view_->is_presented(); }));
    const QColor color = above.palette().color(above.backgroundRole());
    EXPECT_TRUE(wait_for([&] { return on_screen().pixelColor(150, 110) == color; }));
    above.hide();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(shows_picture());
}

// Real motion of the X server's pointer: the native window must let it through.
TEST_F(SwapchainTest, LeavesThePointerToTheView) {
    render::CellRef hovered;
    QObject::connect(view_.get(), &PictureView::hovered,
                     [&](const render::CellRef& cell) { hovered = cell; });
    QCursor::setPos(view_->mapToGlobal(QPoint(300, 200)));
    QCoreApplication::processEvents();
    QCursor::setPos(view_->mapToGlobal(QPoint(320, 210)));
    EXPECT_TRUE(wait_for([&] { return hovered.token.has_value(); }));
    EXPECT_EQ(QApplication::widgetAt(view_->mapToGlobal(QPoint(320, 210))), view_.get());
    ASSERT_TRUE(settle());
    EXPECT_TRUE(shows_picture()) << "with the tooltip";
}

TEST_F(SwapchainTest, IsSwitchedAtOnce) {
    for (int i = 0; i < 3; ++i) {
        view_->set_presenter(PresenterChoice::ReadBack);
        select(static_cast<std::size_t>(130 + i));
        ASSERT_TRUE(wait_for([this] { return is_drawn() && !view_->is_presented(); }));
        EXPECT_TRUE(shows_picture());
        view_->set_presenter(PresenterChoice::Swapchain);
        ASSERT_TRUE(settle());
        EXPECT_TRUE(shows_picture());
    }
}

TEST_F(SwapchainTest, GoesOnAfterTheLossOfTheDevice) {
    view_->lose_device(1);
    select(150);
    ASSERT_TRUE(wait_for([this] { return is_drawn(); }));
    EXPECT_TRUE(view_->is_presented());
    EXPECT_TRUE(shows_picture());
}

TEST_F(SwapchainTest, ReadsBackWhereShowingFails) {
    view_->lose_device(2);
    select(150);
    ASSERT_TRUE(wait_for([this] { return is_drawn() && !view_->is_presented(); }));
    EXPECT_TRUE(view_->backend_description().contains(QStringLiteral("read-back: "))) << "and says why";
    EXPECT_TRUE(view_->backend_description().startsWith(QStringLiteral("Vulkan: ")));
    EXPECT_TRUE(shows_picture());
}

TEST_F(SwapchainTest, DrawsInSoftwareWhereTheDeviceStaysLost) {
    view_->lose_device(4);
    select(150);
    ASSERT_TRUE(wait_for([this] { return is_drawn() && !view_->is_presented(); }));
    EXPECT_TRUE(view_->backend_description().startsWith(QStringLiteral("Software: ")));
    EXPECT_TRUE(shows_picture());
}

TEST_F(SwapchainTest, ClosesWhileItDraws) {
    for (int i = 0; i < 6; ++i) {
        open(PresenterChoice::Swapchain);
        if (i % 2 == 0) settle();
        view_->resize(400 + 20 * i, 400);
        select(static_cast<std::size_t>(100 + i));
        for (int turn = 0; turn < i; ++turn) QCoreApplication::processEvents();
        view_.reset();
    }
}

}  // namespace
}  // namespace moe::app
