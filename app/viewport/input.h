#pragma once

#include <QPoint>
#include <QPointF>
#include <Qt>
#include <optional>

namespace moe::app {

/// What a turn of the wheel means. Steps and pixels are > 0 towards newer tokens, later layers, nearer.
struct WheelAction {
    enum class Kind { Nothing, ScrollRows, ScrollColumns, ZoomRows, ZoomColumns };
    Kind kind = Kind::Nothing;
    double notches = 0;  ///< scrolling: wheel notches, may be a fraction
    int steps = 0;       ///< zooming: whole steps
};

/// Turns wheel events into actions and keeps the rest of a notch that a fine wheel or a touchpad leaves.
class WheelReader {
  public:
    WheelAction read(QPoint angle_delta, Qt::KeyboardModifiers modifiers);

  private:
    double rest_ = 0;  // of a zoom step, in notches
    WheelAction::Kind rest_kind_ = WheelAction::Kind::Nothing;
};

/// Tells a click from a drag of the left button.
class DragReader {
  public:
    void press(QPointF position);
    /// The way to move the picture since the last call; nothing while it may still be a click.
    std::optional<QPoint> move(QPointF position);
    bool release();  ///< whether it was a click
    void cancel() { is_down_ = false; }
    bool is_down() const { return is_down_; }
    bool is_dragging() const { return is_down_ && is_dragging_; }

  private:
    QPointF start_;
    QPointF last_;
    bool is_down_ = false;
    bool is_dragging_ = false;
};

/// What a key means to the view itself; arrows, Space, Home and End are the window's.
enum class KeyAction {
    Nothing,
    PageUp,
    PageDown,
    ZoomIn,
    ZoomOut,
    ZoomColumnsIn,
    ZoomColumnsOut,
    Frame,
    ClosePopup
};
KeyAction key_action(int key, Qt::KeyboardModifiers modifiers);

}  // namespace moe::app
