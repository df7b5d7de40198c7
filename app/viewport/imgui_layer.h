#pragma once

#include <QString>
#include <memory>

#include "app/viewport/card_look.h"
#include "app/viewport/overlay_events.h"
#include "render/frame_input.h"

struct ImGuiContext;

namespace moe::app {

/// Dear ImGui without a window or a GPU: events in, triangles out. Owns its context, so that views do not
/// share one. All of it belongs to the GUI thread; what differs between versions 1.86 and 1.90 is here, in
/// imgui_atlas, overlay_events and card_look.
class ImGuiLayer {
  public:
    ImGuiLayer();
    ~ImGuiLayer();
    ImGuiLayer(const ImGuiLayer&) = delete;
    ImGuiLayer& operator=(const ImGuiLayer&) = delete;

    /// Colours and sizes of the next frames. Builds the atlas anew when the scale changes.
    void set_look(const render::Theme& theme, double scale);

    /// The text in the cards' text cell (CardLook): any script, painted by Qt.
    void set_cell_text(const QString& text);

    OverlayEvents& events() { return events_; }

    /// Begins a frame of device pixels; draw the cards between this and end_frame.
    const CardLook& begin_frame(int width, int height, double seconds_since_last);
    render::OverlayMesh end_frame();

    bool has_popup() const {
        return has_popup_;
    }  ///< a list was open in the last frame: it takes every click

  private:
    ImGuiContext* context_;
    CardLook look_;
    OverlayEvents events_;
    std::shared_ptr<const render::RgbaImage> blank_atlas_;  // as built, the text cell empty
    std::shared_ptr<const render::RgbaImage> atlas_;
    QString cell_text_;
    bool has_popup_ = false;
};

/// Whether two meshes draw the same.
bool same_mesh(const render::OverlayMesh& a, const render::OverlayMesh& b);

}  // namespace moe::app
