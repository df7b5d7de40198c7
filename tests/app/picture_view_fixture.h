#pragma once

#include "app/viewport/picture_view.h"  // first: it includes Vulkan before Qt

#include <gtest/gtest.h>

#include <QApplication>
#include <QTest>
#include <QWheelEvent>
#include <memory>

#include "render/scene/panel_layout.h"
#include "tests/app/demo_trace.h"

namespace moe::app {

inline constexpr QSize kSize(1100, 740);
inline constexpr std::size_t kTokens = 203;
inline constexpr int kFrameTimeoutMs = 60000;  // a software renderer on a busy machine

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

}  // namespace moe::app
