// What mouse, wheel and keys do to a PictureView.
#include <QFocusEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "app/viewport/picture_view_impl.h"

namespace moe::app {
namespace {

constexpr double kRowsOfNotch = 3.0;
constexpr double kPixelsOfNotch = 45.0;  // at least, logical: for thin rows
constexpr double kColumnPixelsOfNotch = 60.0;

bool is_selectable(const render::Hit& hit) {
    switch (hit.kind) {
        case render::HitKind::Cell:
        case render::HitKind::Row:
        case render::HitKind::GutterToken:
        case render::HitKind::LayerHeader:
        case render::HitKind::LoadBar:
            return true;
        case render::HitKind::Nothing:
        case render::HitKind::Strip:
        case render::HitKind::Overview:
            return false;
    }
    return false;
}

std::int64_t notch_pixels(const render::FrameInput& scene, double notches) {
    const double rows = kRowsOfNotch * scene.view.tokens.row_pixels;
    return std::llround(notches * std::max(rows, kPixelsOfNotch * scene.pixel_ratio));
}

}  // namespace

void PictureView::resizeEvent(QResizeEvent*) { impl_->changed(); }

void PictureView::showEvent(QShowEvent*) {
    impl_->changed();
    impl_->input_happened();  // the cards settle
}

void PictureView::hideEvent(QHideEvent*) { impl_->hide(); }

void PictureView::wheelEvent(QWheelEvent* event) {
    event->accept();
    const render::Hit hit = impl_->hit_at(event->position());
    if (impl_->overlay.has_popup() || hit.kind == render::HitKind::Strip) return;
    const render::PanelLayout layout = render::panel_layout(impl_->scene);
    QPoint pixel = impl_->device_pixel(event->position());
    QPoint angle = event->angleDelta();
    if (layout.is_transposed()) {
        pixel = pixel.transposed();
        // A wheel that turns sideways goes along the tokens, and so does the one that everybody has.
        if (std::abs(angle.x()) > std::abs(angle.y())) angle = angle.transposed();
    }
    const WheelAction action = impl_->wheel.read(angle, event->modifiers());
    const int anchor_x = std::clamp(pixel.x() - layout.heatmap.x, 0, std::max(0, layout.heatmap.width - 1));
    const int anchor_y = std::clamp(pixel.y() - layout.heatmap.y, 0, std::max(0, layout.heatmap.height - 1));
    Impl::Move move = Impl::Move::Zoom;
    switch (action.kind) {
        case WheelAction::Kind::Nothing:
            return;
        case WheelAction::Kind::ScrollRows:
            scroll_rows(impl_->scene, notch_pixels(impl_->scene, action.notches));
            move = Impl::Move::Scroll;
            break;
        case WheelAction::Kind::ScrollColumns:
            scroll_columns(impl_->scene,
                           std::llround(action.notches * kColumnPixelsOfNotch * impl_->scene.pixel_ratio));
            break;
        case WheelAction::Kind::ZoomRows:
            app::zoom_rows(impl_->scene, action.steps, anchor_y);
            break;
        case WheelAction::Kind::ZoomColumns:
            app::zoom_columns(impl_->scene, action.steps, anchor_x);
            break;
    }
    impl_->pointer = event->position();
    impl_->moved(move);
    impl_->input_happened();
}

void PictureView::mousePressEvent(QMouseEvent* event) {
    impl_->is_keyboard_focus = false;
    const QPoint pixel = impl_->device_pixel(event->position());
    const render::Hit hit = impl_->hit_at(event->position());
    impl_->is_press_on_card =
        hit.kind == render::HitKind::Strip || impl_->overlay.takes_click(pixel.x(), pixel.y());
    impl_->is_press_on_overview = !impl_->is_press_on_card && hit.kind == render::HitKind::Overview;
    impl_->push_pointer(event->position());
    impl_->push_button(event->button(), /*is_down=*/true);
    if (event->button() != Qt::LeftButton || impl_->is_press_on_card) return;
    if (impl_->is_press_on_overview) return scroll_to_token(*hit.cell.token);
    impl_->drag.press(event->position());
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
    impl_->push_pointer(event->position());
    if (impl_->is_press_on_overview) {
        const render::Hit hit = impl_->hit_at(event->position());
        if (hit.kind == render::HitKind::Overview) scroll_to_token(*hit.cell.token);
        return;
    }
    std::optional<QPoint> step = impl_->drag.move(event->position());
    if (!step) return;
    if (impl_->options.orientation == render::Orientation::TokensAcross) step = step->transposed();
    setCursor(Qt::ClosedHandCursor);
    const double ratio = devicePixelRatioF();
    scroll_columns(impl_->scene, -std::llround(step->x() * ratio));
    scroll_rows(impl_->scene, -std::llround(step->y() * ratio));
    impl_->moved(Impl::Move::Scroll);
}

void PictureView::mouseReleaseEvent(QMouseEvent* event) {
    impl_->push_pointer(event->position());
    impl_->push_button(event->button(), /*is_down=*/false);
    impl_->is_press_on_card = impl_->is_press_on_overview = false;
    if (event->button() != Qt::LeftButton) return;
    unsetCursor();
    if (!impl_->drag.release()) return;
    const render::Hit hit = impl_->hit_at(event->position());
    if (is_selectable(hit)) Q_EMIT selected(hit.cell);
}

void PictureView::mouseDoubleClickEvent(QMouseEvent* event) {
    impl_->push_button(event->button(), /*is_down=*/true);  // Qt sends this in place of the second press
    const QPoint pixel = impl_->device_pixel(event->position());
    const render::Hit hit = impl_->hit_at(event->position());
    impl_->is_press_on_card =
        hit.kind == render::HitKind::Strip || impl_->overlay.takes_click(pixel.x(), pixel.y());
    if (event->button() != Qt::LeftButton || impl_->is_press_on_card) return;
    if (hit.kind == render::HitKind::LayerHeader || hit.kind == render::HitKind::LoadBar)
        return fit_columns();
    if (hit.cell.token && hit.kind != render::HitKind::Overview) impl_->toggle_fit(*hit.cell.token);
}

void PictureView::leaveEvent(QEvent*) {
    impl_->pointer.reset();
    impl_->overlay.events().push({.kind = OverlayEvent::Kind::Leave});
    impl_->input_happened();
}

void PictureView::keyPressEvent(QKeyEvent* event) {
    const auto page = static_cast<std::int64_t>(render::panel_layout(impl_->scene).heatmap.height) -
                      2 * impl_->scene.view.tokens.row_pixels;
    switch (key_action(event->key(), event->modifiers())) {
        case KeyAction::PageUp:
        case KeyAction::PageDown:
            scroll_rows(impl_->scene, event->key() == Qt::Key_PageUp ? -page : page);
            impl_->moved(Impl::Move::Scroll);
            return;
        case KeyAction::ZoomIn:
            return zoom_rows(1);
        case KeyAction::ZoomOut:
            return zoom_rows(-1);
        case KeyAction::ZoomColumnsIn:
            return zoom_columns(1);
        case KeyAction::ZoomColumnsOut:
            return zoom_columns(-1);
        case KeyAction::Frame:
            return frame_selection();
        case KeyAction::ClosePopup:
            if (!impl_->overlay.has_popup()) break;
            impl_->overlay.events().push({.kind = OverlayEvent::Kind::Escape});
            return impl_->input_happened();
        case KeyAction::Nothing:
            break;
    }
    event->ignore();  // the window's commands get it
}

void PictureView::focusInEvent(QFocusEvent* event) {
    const Qt::FocusReason reason = event->reason();
    // A window, a dialog or a menu that goes away leaves it as it was.
    if (reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason)
        impl_->is_keyboard_focus = true;
    impl_->input_happened();
}

void PictureView::focusOutEvent(QFocusEvent*) {
    impl_->drag.cancel();
    impl_->is_press_on_card = impl_->is_press_on_overview = false;
    impl_->overlay.events().release_all();
    impl_->input_happened();
}

}  // namespace moe::app
