#pragma once

#include <cstddef>

#include "render/frame_input.h"
#include "render/scene/expert_columns.h"
#include "render/scene/pixel_rect.h"

namespace moe::render {

/// Sizes in logical pixels.
inline constexpr int kStripHeight = 34;   ///< kept free on top for the application's controls
inline constexpr int kHeaderHeight = 40;  ///< layer heads over expert digits
inline constexpr int kGutterWidth = 116;  ///< token index and text
inline constexpr int kLoadHeight = 136;   ///< load panel, with its two lines of figures
inline constexpr int kOverviewWidth = 36;
inline constexpr int kOverviewMargin = 5;       ///< on both sides of the overview
inline constexpr int kOverviewFromWidth = 720;  ///< a narrower picture has no overview

/// Where everything of a picture is. Device pixels; the rectangles do not overlap, and one that has no
/// room is empty. `load_bars` lies inside `load` and spans exactly the heatmap's width.
struct PanelLayout {
    PixelRect strip;
    PixelRect header;  ///< over gutter and heatmap
    PixelRect gutter;  ///< left of the heatmap, as high
    PixelRect heatmap;
    PixelRect load;                 ///< under gutter and heatmap, over the full width
    PixelRect load_bars;            ///< bars grow upwards from its bottom edge
    bool load_has_figures = false;  ///< there is room for two lines of figures under the bars
    PixelRect overview;
    ExpertColumns columns;  ///< resolved against the heatmap's width
    TokenAxis tokens;
    double pixel_ratio = 1.0;
    int hairline = 1;  ///< device pixels of a thin line

    /// Logical to device pixels, rounded.
    int px(double logical) const { return static_cast<int>(logical * pixel_ratio + 0.5); }
};

PanelLayout panel_layout(const FrameInput& input);

/// The axes of what is drawn: the trace's, else the planned ones, else no layers at all.
TraceShape shape_of(const FrameInput& input);

/// Rows of the picture: tokens of the trace or planned ones, and the cursor row of a live run.
std::size_t n_rows_of(const FrameInput& input);

}  // namespace moe::render
