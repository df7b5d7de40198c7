#pragma once

#include <cstdint>

#include "render/frame_input.h"
#include "render/scene/panel_layout.h"

namespace moe::app {

/// Moving about in a picture. Each changes the view of `scene` and keeps it inside the run; nothing here
/// knows of the mouse or of Qt. Pixels are device pixels; anchors count from the heatmap's corner.

void scroll_rows(render::FrameInput& scene, std::int64_t pixels);     ///< > 0 towards newer tokens
void scroll_columns(render::FrameInput& scene, std::int64_t pixels);  ///< > 0 towards later layers
void zoom_rows(render::FrameInput& scene, int steps, std::int64_t anchor_pixel);
void zoom_columns(render::FrameInput& scene, int steps, std::int64_t anchor_pixel);
void fit_columns(render::FrameInput& scene);
void fit_rows(render::FrameInput& scene);  ///< the whole run on one screen
void show_at_default_height(render::FrameInput& scene, std::size_t token);
void frame_selection(render::FrameInput& scene);
void centre_token(render::FrameInput& scene, std::size_t token);
void follow_newest(render::FrameInput& scene);
bool is_at_newest(const render::FrameInput& scene);  ///< as follow_newest would leave it
bool shows_whole_run(const render::FrameInput& scene);

/// Keeps what is on top there when the run, the size or the scale changed.
void keep_inside(render::FrameInput& scene);
void change_pixel_ratio(render::FrameInput& scene, double pixel_ratio);

/// Where zooming by keyboard holds on to: the selection if it is in view, else the middle.
std::int64_t row_anchor(const render::FrameInput& scene);
std::int64_t column_anchor(const render::FrameInput& scene);

/// Whether the selected token has a row in view; true when none is selected.
bool is_selection_in_view(const render::FrameInput& scene);

}  // namespace moe::app
