#include "app/viewport/input.h"

#include <cmath>

namespace moe::app {
namespace {

constexpr double kAngleOfNotch = 120.0;  // Qt: eighths of a degree, 15 degrees a notch
constexpr double kDragThreshold = 5.0;   // logical pixels

WheelAction::Kind kind_of(bool is_across, Qt::KeyboardModifiers modifiers) {
    const bool across = is_across || modifiers.testFlag(Qt::ShiftModifier);
    if (modifiers.testFlag(Qt::ControlModifier))
        return across ? WheelAction::Kind::ZoomColumns : WheelAction::Kind::ZoomRows;
    return across ? WheelAction::Kind::ScrollColumns : WheelAction::Kind::ScrollRows;
}

}  // namespace

WheelAction WheelReader::read(QPoint angle_delta, Qt::KeyboardModifiers modifiers) {
    const bool is_across = std::abs(angle_delta.x()) > std::abs(angle_delta.y());
    const double notches = (is_across ? angle_delta.x() : angle_delta.y()) / kAngleOfNotch;
    WheelAction action{.kind = kind_of(is_across, modifiers)};
    if (action.kind == WheelAction::Kind::ScrollRows || action.kind == WheelAction::Kind::ScrollColumns) {
        action.notches = -notches;  // turning the wheel away from you shows what is above
        return action;
    }
    if (action.kind != rest_kind_) rest_ = 0;
    rest_kind_ = action.kind;
    rest_ += notches;
    action.steps = static_cast<int>(std::trunc(rest_));
    rest_ -= action.steps;
    return action;
}

void DragReader::press(QPointF position) {
    start_ = last_ = position;
    is_down_ = true;
    is_dragging_ = false;
}

std::optional<QPoint> DragReader::move(QPointF position) {
    if (!is_down_) return std::nullopt;
    const QPointF way = position - start_;
    if (!is_dragging_ && std::hypot(way.x(), way.y()) < kDragThreshold) return std::nullopt;
    is_dragging_ = true;
    const QPoint step = (position - last_).toPoint();
    last_ += step;  // what rounding leaves stays for the next move
    return step;
}

bool DragReader::release() {
    const bool was_click = is_down_ && !is_dragging_;
    is_down_ = is_dragging_ = false;
    return was_click;
}

KeyAction key_action(int key, Qt::KeyboardModifiers modifiers) {
    const bool has_control = modifiers.testFlag(Qt::ControlModifier);
    switch (key) {
        case Qt::Key_PageUp:
            return KeyAction::PageUp;
        case Qt::Key_PageDown:
            return KeyAction::PageDown;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return has_control ? KeyAction::ZoomColumnsIn : KeyAction::ZoomIn;
        case Qt::Key_Minus:
            return has_control ? KeyAction::ZoomColumnsOut : KeyAction::ZoomOut;
        case Qt::Key_F:
            return has_control ? KeyAction::Nothing : KeyAction::Frame;
        case Qt::Key_Escape:
            return KeyAction::ClosePopup;
        default:
            return KeyAction::Nothing;
    }
}

}  // namespace moe::app
