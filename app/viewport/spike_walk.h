#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "render/frame_report.h"
#include "render/scene/panel_layout.h"

namespace moe::app {

/// Where a walk over the hidden spikes is.
struct SpikeWalk {
    const render::FrameReport& report;  ///< of the picture; borrowed
    const render::PanelLayout& layout;
    std::pair<std::size_t, std::size_t> visible;  ///< tokens in view, half-open
    render::CellRef from;                         ///< the selection
};

/// The mark after the selection, or the one before, in reading order: those in the heatmap, and elsewhere
/// in the run one for each row of the overview. Goes round at the ends. Nothing where there are no marks.
std::optional<render::HiddenSpike> next_spike(const SpikeWalk& walk);
std::optional<render::HiddenSpike> previous_spike(const SpikeWalk& walk);

}  // namespace moe::app
