#pragma once

#include <optional>
#include <string>

#include "app/viewport/card_look.h"
#include "app/viewport/legend.h"
#include "app/viewport/picture_view.h"

namespace moe::app {

/// What the strip over the picture shows: plain values prepared by the caller.
struct ViewControlsModel {
    render::PixelRect strip;
    render::PixelRect bounds;  ///< a card that explains something stays inside
    PictureOptions options;
    render::HeatmapValue shown =
        render::HeatmapValue::AppliedWeight;  ///< what the trace has in place of what was asked for
    bool is_folded = false;   ///< a pixel stands for several cells: how they are summed up can be chosen
    bool has_weights = true;  ///< of the trace; what is absent cannot be shown
    bool has_scores = true;
    std::string tokens_text;  ///< "tokens 169–202 of 203"; empty: no chip
    std::string scale_text;   ///< "1 row = 1 token"
    std::string spikes_text;  ///< "843 hidden spikes, N next"; empty: no chip
    LegendModel legend;
    std::string busy_text;   ///< not empty: stands in place of the chips, over a thin bar
    double busy_share = -1;  ///< 0 to 1, below 0 unknown
};

/// Draws the strip. Returns the options that the user changed in this frame.
std::optional<PictureOptions> draw_view_controls(const CardLook& look, const ViewControlsModel& model);

}  // namespace moe::app
