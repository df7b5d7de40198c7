#pragma once

#include <optional>

#include "app/viewport/frame_meter.h"
#include "app/viewport/imgui_layer.h"
#include "app/viewport/picture_view.h"
#include "app/viewport/tooltip_model.h"
#include "app/viewport/view_controls.h"
#include "render/frame_report.h"

namespace moe::app {

/// What the cards need to know of the picture under them; borrowed for one call.
struct OverlayModel {
    const render::FrameInput& scene;
    const render::PanelLayout& layout;
    const PictureModel& picture;
    const PictureOptions& options;
    render::Hit hover;                  ///< Nothing: no hover card
    const render::FrameReport& report;  ///< of the last finished frame
    bool is_keyboard_focus = false;
    FrameTimes frame_times;
};

/// What the user did to the cards in a frame.
struct OverlayIntents {
    std::optional<PictureOptions> options;
    bool goes_to_selection = false;
};

/// All cards over the picture: the strip with its controls, the legend, the hover card, the chip that leads
/// back to the selection, the frame meter and the focus frame.
class PictureOverlay {
  public:
    struct Frame {
        render::OverlayMesh mesh;
        OverlayIntents intents;
        bool has_waiting_events = false;  ///< another frame is needed to see them
    };
    Frame draw(const OverlayModel& model, double seconds_since_last);
    /// Of the loads of the run that is shown, for the labels of the frame too: what was counted once stays.
    render::LoadCounter& load_counter() { return load_counter_; }

    OverlayEvents& events() { return layer_.events(); }
    bool has_popup() const { return layer_.has_popup(); }

    /// Whether a click at this pixel belongs to a card and not to the picture.
    bool takes_click(int x, int y) const;

  private:
    void update_counts(const OverlayModel& model);
    ViewControlsModel controls_model(const OverlayModel& model) const;
    void draw_hover_card(const CardLook& look, const OverlayModel& model);

    ImGuiLayer layer_;
    render::LoadCounter load_counter_;
    VisibleCounts visible_;
    std::optional<TooltipModel> tooltip_;
    // What visible_ was counted for.
    std::size_t counted_routed_ = 0;
    const void* counted_chunk_ = nullptr;
    std::optional<render::PixelRect> chip_;  // as last drawn
};

}  // namespace moe::app
