#pragma once

#include <cstddef>
#include <vector>

#include "engine/stats/load_limits.h"
#include "engine/stats/load_null.h"
#include "render/frame_input.h"
#include "render/scene/load_counter.h"
#include "render/scene/mark.h"
#include "render/scene/panel_layout.h"

namespace moe::render {

/// What the load panel shows: the loads of the tokens in view, and the loads if routing were uniform.
struct LoadPanel {
    std::size_t n_tokens = 0;  ///< counted
    std::size_t n_experts = 0;
    ExpertCounts counts;                 ///< [layer * n_experts + expert]
    std::vector<double> max_violation;   ///< [layer]; 0 without tokens
    double fair = 0.0;                   ///< mean load, n_tokens * top_k / n_experts
    LoadBand uniform_band;               ///< where loads lie if routing were uniform
    double uniform_max_violation = 0.0;  ///< and what the max violation is on average then
    double axis_max = 4.0;               ///< load at the top of the bars; bars above are clipped
    double over_from = 0.0;              ///< as LoadLimits
    double dead_until = 0.0;

    bool is_empty() const { return n_tokens == 0; }
    bool is_long_range() const { return n_tokens >= kLongRangeTokens; }
};

/// The routed tokens that the panel counts, half-open; nothing if there are none.
std::optional<std::pair<std::size_t, std::size_t>> counted_tokens(const FrameInput& input,
                                                                  const PanelLayout& layout);

/// Counts them.
LoadPanel load_panel(const FrameInput& input, const PanelLayout& layout, LoadCounter& counter);

/// Height of a load's bar in pixels, at most the panel's.
int bar_height(const LoadPanel& panel, const PanelLayout& layout, double load);

/// Bars, their null band, fair-share line, triangles and crosses.
void add_load_marks(const FrameInput& input, const PanelLayout& layout, const LoadPanel& panel, Marks& marks);

}  // namespace moe::render
