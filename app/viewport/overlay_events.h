#pragma once

#include <deque>

struct ImGuiIO;

namespace moe::app {

/// What the mouse did over the cards. Device pixels.
struct OverlayEvent {
    enum class Kind { Move, Leave, Button, Wheel, Escape };
    Kind kind = Kind::Move;
    float x = 0;
    float y = 0;
    int button = 0;  ///< 0 left, 1 right, 2 middle
    bool is_down = false;
    float wheel = 0;
};

/// Hands events to Dear ImGui, at most one change of a button a frame: before 1.87 it has no queue of
/// its own, and a press and its release between two frames would be lost.
class OverlayEvents {
  public:
    void push(const OverlayEvent& event) { waiting_.push_back(event); }

    /// Releases every button, as when the window loses the focus.
    void release_all();

    /// Applies what this frame may see.
    void apply_to(ImGuiIO& io);

    bool is_empty() const { return waiting_.empty(); }
    bool escape_pressed() const { return escape_pressed_; }  ///< among the events last applied

  private:
    std::deque<OverlayEvent> waiting_;
    bool escape_pressed_ = false;
};

}  // namespace moe::app
