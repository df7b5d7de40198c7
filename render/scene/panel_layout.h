#pragma once

#include <cstddef>

#include "render/frame_input.h"
#include "render/scene/expert_columns.h"
#include "render/scene/pixel_rect.h"

namespace moe::render {

/// Where everything of a picture is. Device pixels; the rectangles do not overlap, and one that has no
/// room is empty. `load_bars` lies inside `load` and spans exactly the heatmap's width. All of it, and what
/// is said of it here and elsewhere, is with tokens down: see Orientation.
struct PanelLayout {
    Orientation orientation = Orientation::TokensDown;
    PixelRect bounds;         ///< the whole picture
    PixelRect strip;          ///< kept free for the application's controls; they are on top of any picture
    PixelRect header;         ///< over gutter and heatmap: layer heads, expert digits
    PixelRect header_digits;  ///< the part of it that has the digits
    PixelRect gutter;         ///< left of the heatmap, as high: a token's index and text
    PixelRect gutter_index;
    PixelRect gutter_text;
    PixelRect heatmap;
    PixelRect load;  ///< under gutter and heatmap, over the full width
    /// Bars grow upwards from its bottom edge; with tokens across from its top, away from the heatmap.
    PixelRect load_bars;
    bool load_has_figures = false;  ///< there is room for two lines of figures under the bars
    PixelRect overview;
    ExpertColumns columns;  ///< resolved against the heatmap's width
    TokenAxis tokens;
    double pixel_ratio = 1.0;
    int hairline = 1;  ///< device pixels of a thin line

    /// Logical to device pixels, rounded.
    int px(double logical) const { return static_cast<int>(logical * pixel_ratio + 0.5); }

    bool is_transposed() const { return orientation == Orientation::TokensAcross; }
    /// Where a rectangle of the layout is on the picture.
    PixelRect on_picture(const PixelRect& rect) const { return is_transposed() ? rect.transposed() : rect; }
};

PanelLayout panel_layout(const FrameInput& input);

/// The axes of what is drawn: the trace's, else the planned ones, else no layers at all.
TraceShape shape_of(const FrameInput& input);

/// Rows of the picture: tokens of the trace or planned ones, and the cursor row of a live run.
std::size_t n_rows_of(const FrameInput& input);

}  // namespace moe::render
