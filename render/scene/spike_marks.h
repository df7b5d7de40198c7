#pragma once

#include "render/frame_report.h"
#include "render/scene/colormap.h"
#include "render/scene/mark.h"
#include "render/scene/panel_layout.h"
#include "render/scene/spike_merge.h"

namespace moe::render {

/// The squares in which spikes become one mark. They go with the content, so that panning moves no mark.
SpikeSquares spike_squares(const PanelLayout& layout);

/// A diamond for each marked spike, filled with its colour in `maxima`, and ticks beside the overview.
void add_spike_marks(const FrameInput& input, const PanelLayout& layout, const FrameReport& report,
                     const ColorTable& maxima, Marks& marks);

}  // namespace moe::render
