#include "app/viewport/overlay_events.h"

#include <imgui.h>

#include <cfloat>

namespace moe::app {
namespace {

void set_position(ImGuiIO& io, float x, float y) {
#if IMGUI_VERSION_NUM >= 18700
    io.AddMousePosEvent(x, y);
#else
    io.MousePos = ImVec2(x, y);
#endif
}

void set_button(ImGuiIO& io, int button, bool is_down) {
#if IMGUI_VERSION_NUM >= 18700
    io.AddMouseButtonEvent(button, is_down);
#else
    io.MouseDown[button] = is_down;
#endif
}

void add_wheel(ImGuiIO& io, float steps) {
#if IMGUI_VERSION_NUM >= 18700
    io.AddMouseWheelEvent(0.0f, steps);
#else
    io.MouseWheel += steps;
#endif
}

}  // namespace

void OverlayEvents::release_all() {
    for (int button = 0; button < 3; ++button)
        push({.kind = OverlayEvent::Kind::Button, .button = button, .is_down = false});
    push({.kind = OverlayEvent::Kind::Leave});
}

void OverlayEvents::apply_to(ImGuiIO& io) {
    escape_pressed_ = false;
    for (bool had_button = false; !waiting_.empty(); waiting_.pop_front()) {
        const OverlayEvent& event = waiting_.front();
        switch (event.kind) {
            case OverlayEvent::Kind::Move:
                if (had_button) return;
                set_position(io, event.x, event.y);
                break;
            case OverlayEvent::Kind::Leave:
                if (had_button) return;
                set_position(io, -FLT_MAX, -FLT_MAX);
                break;
            case OverlayEvent::Kind::Button:
                if (had_button) return;
                had_button = true;
                set_button(io, event.button, event.is_down);
                break;
            case OverlayEvent::Kind::Wheel:
                add_wheel(io, event.wheel);
                break;
            case OverlayEvent::Kind::Escape:
                escape_pressed_ = true;
                break;
        }
    }
}

}  // namespace moe::app
